using System.Collections.Concurrent;
using System.Security.Claims;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation;

/// <summary>Watches over work that outlives the check at its start: streams, sockets, jobs.</summary>
public sealed class TokenLeases : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly Denylist _denylist;
    private readonly TokenGate _gate;
    private readonly ConcurrentDictionary<TokenLease, bool> _open = new();
    private readonly ITimer _timer;

    internal TokenLeases(Denylist denylist, TokenGate gate, TimeProvider clock)
    {
        _denylist = denylist;
        _gate = gate;
        _timer = clock.CreateTimer(_ => EndDead(), null, s_interval, s_interval);
    }

    internal int Count => _open.Count;

    /// <summary>Begins to watch over the token of <paramref name="principal"/>.</summary>
    /// <param name="principal">A user whom the bearer scheme has authenticated.</param>
    /// <returns>A lease whose <see cref="TokenLease.Ended"/> has fired already if the token is dead by now.</returns>
    /// <exception cref="InvalidOperationException">The principal did not come from a token.</exception>
    public TokenLease Take(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return Take(AccessTokenIdentity.TokenOf(principal)
            ?? throw new InvalidOperationException("The principal holds no token: it was not authenticated by AddTokenIssuerBearer, or was replaced without its identity."), staleness: null);
    }

    /// <summary>Stops watching over anything.</summary>
    public void Dispose() => _timer.Dispose();

    internal TokenLease Take(VerifiedAccessToken token, StalenessPolicy? staleness)
    {
        var lease = new TokenLease(token, staleness, _denylist.Watch(token.Identity), closed => _open.TryRemove(closed, out _));
        _open[lease] = true;
        EndIfDead(lease);
        return lease;
    }

    private void EndDead()
    {
        foreach (var (lease, _) in _open)
        {
            EndIfDead(lease);
        }
    }

    private void EndIfDead(TokenLease lease)
    {
        if (_gate.JudgeAgain(lease.Token, lease.Staleness) is not TokenVerdict.Accepted)
        {
            lease.End();
        }
    }
}
