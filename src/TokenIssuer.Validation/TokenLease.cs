using TokenIssuer.Revocation;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation;

/// <summary>Work on behalf of a token: <see cref="Ended"/> fires when the token is good no longer. Dispose it when the work is done.</summary>
public sealed class TokenLease : IDisposable, IAsyncDisposable
{
    private readonly RevocationWatch _watch;
    private readonly Action<TokenLease> _onClosed;

    internal TokenLease(VerifiedAccessToken token, StalenessPolicy? staleness, RevocationWatch watch, Action<TokenLease> onClosed)
    {
        Token = token;
        Staleness = staleness;
        _watch = watch;
        _onClosed = onClosed;
        Ended = watch.Revoked;
    }

    /// <summary>
    /// Cancelled at once when the token is revoked; within a second when it expires, or when the replica of the revocation
    /// log becomes too old for <see cref="TokenIssuerValidationOptions.Staleness"/>.
    /// </summary>
    public CancellationToken Ended { get; }

    internal VerifiedAccessToken Token { get; }

    internal StalenessPolicy? Staleness { get; }

    /// <summary>Stops watching. <see cref="Ended"/> does not fire any more.</summary>
    public void Dispose()
    {
        _onClosed(this);
        _watch.Dispose();
    }

    /// <summary>As <see cref="Dispose"/>, for <c>await using</c>.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void End() => _watch.Fire();
}
