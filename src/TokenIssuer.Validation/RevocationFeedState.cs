using TokenIssuer.Revocation;

namespace TokenIssuer.Validation;

/// <summary>The state of this API's replica of the revocation log, for health checks and diagnostics. Every reading is current.</summary>
public sealed class RevocationFeedState
{
    private readonly Denylist _denylist;
    private readonly IRevocationFeed _feed;
    private readonly TimeSpan? _bound;

    internal RevocationFeedState(Denylist denylist, IRevocationFeed feed, TimeSpan? bound)
    {
        _denylist = denylist;
        _feed = feed;
        _bound = bound;
    }

    /// <summary>How the log is followed: <c>http</c> or <c>redis</c>.</summary>
    public string Source => _feed.Source;

    /// <summary>Up to where it was followed, opaque; null before the first snapshot.</summary>
    public string? Cursor => _denylist.Cursor?.ToString();

    /// <summary>How long ago the replica was known to be complete; counted from the start of the process before the first snapshot.</summary>
    public TimeSpan Age => _denylist.Age;

    /// <summary>
    /// Whether the replica was never filled or is older than <see cref="TokenIssuerValidationOptions.MaxStaleness"/>: then
    /// <see cref="StalenessPolicy"/> decides about tokens, and nothing that is revoked now is known here.
    /// </summary>
    public bool IsStale => !_denylist.IsLoaded || _denylist.Age > _bound;

    /// <summary>Entries held.</summary>
    public int Entries => _denylist.Count;
}
