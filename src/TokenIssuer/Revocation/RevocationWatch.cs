using TokenIssuer.AccessTokens;

namespace TokenIssuer.Revocation;

/// <summary>Tells whoever works on behalf of a token that it was revoked. Dispose it when the work ends.</summary>
internal sealed class RevocationWatch(TokenIdentity identity, Action<RevocationWatch> onClosed) : IDisposable
{
    private readonly CancellationTokenSource _revoked = new();

    public TokenIdentity Identity { get; } = identity;

    public CancellationToken Revoked => _revoked.Token;

    /// <summary>Cancels without running anybody's callbacks on the thread that follows the log.</summary>
    public void Fire()
    {
        onClosed(this);
        try
        {
            _ = _revoked.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The work has ended meanwhile; whoever follows the log must not stumble over that.
        }
    }

    public void Dispose()
    {
        onClosed(this);
        _revoked.Dispose();
    }
}
