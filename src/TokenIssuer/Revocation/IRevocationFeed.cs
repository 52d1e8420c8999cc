using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>The revocation log, as a replica reads it: from the store, or from an issuer over HTTP.</summary>
internal interface IRevocationFeed
{
    /// <summary>What the feed is called in logs and states: <c>sqlite</c>, <c>redis</c>, <c>http</c>.</summary>
    string Source { get; }

    /// <summary>
    /// Follows the log: first what came since <paramref name="after"/> (a snapshot when that cannot be continued), then a
    /// page whenever something is new, and at least one each second, so that a replica knows that it is up to date.
    /// </summary>
    /// <remarks>Ends only by throwing; the caller starts over from its cursor.</remarks>
    IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, CancellationToken cancellationToken);

    /// <summary>
    /// Reads from <paramref name="after"/> to the end of the log, as far as it can concern <paramref name="user"/>
    /// (strict mode); null reads everything. The follower's cursor is not touched by it.
    /// </summary>
    /// <exception cref="TokenStoreUnavailableException">The log can't be read.</exception>
    ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken);
}
