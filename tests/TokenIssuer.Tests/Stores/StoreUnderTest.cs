using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Stores;

/// <summary>One store for one test, born when the first node opens it. Every store implementation has its own.</summary>
internal abstract class StoreUnderTest : IAsyncDisposable
{
    public ManualClock Clock { get; } = new();

    /// <summary>Opens a node: what one issuer process has. Further nodes share the data of the first.</summary>
    public abstract Task<StoreNode> OpenAsync(TokenIssuerOptions options);

    /// <summary>Writes copies of a family beside it, under other ids: each login looks at all sessions of its user, so that ten thousand would take minutes.</summary>
    public abstract Task CopyAsync(TokenFamily family, IReadOnlyList<SessionId> copies);

    public abstract ValueTask DisposeAsync();
}

/// <summary>The two seams of one issuer process.</summary>
internal sealed record StoreNode(ITokenFamilyStore Store, IRevocationFeed Feed)
{
    /// <summary>The end of the log, as a replica that has read everything knows it.</summary>
    public async Task<LogCursor> TailAsync() => (await ReadAsync(null)).Cursor;

    public async Task<RevocationPage> ReadAsync(LogCursor? after)
        => await Feed.ReadAsync(after, null, TestContext.Current.CancellationToken);
}
