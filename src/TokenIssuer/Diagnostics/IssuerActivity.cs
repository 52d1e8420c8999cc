using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Diagnostics;

/// <summary>What this process did lately, for the administrator's overview. Forgets by itself; nothing is stored.</summary>
internal sealed class IssuerActivity(TimeProvider clock, TimeSpan accessTokenLifetime)
{
    private readonly SlidingCount _logins = new(clock, TimeSpan.FromMinutes(1));
    private readonly SlidingCount _refreshes = new(clock, TimeSpan.FromMinutes(1));
    private readonly SlidingCount _revocations = new(clock, TimeSpan.FromMinutes(1));
    private readonly SlidingCount _reuses = new(clock, TimeSpan.FromDays(1));
    private readonly ActiveSessions _active = new(clock, accessTokenLifetime);

    public long LoginsPerMinute => _logins.Total;

    public long RefreshesPerMinute => _refreshes.Total;

    public long RevocationsPerMinute => _revocations.Total;

    public long ReusesPerDay => _reuses.Total;

    /// <summary>A session in use asks for a token about once in an access-token lifetime.</summary>
    public long CountActiveSessions(Denylist denylist) => _active.Count(denylist);

    public void LoggedIn(TokenFamily family)
    {
        _logins.Add();
        _active.Add(family);
    }

    public void Rotated(TokenFamily family)
    {
        _refreshes.Add();
        _active.Add(family);
    }

    public void Revoked() => _revocations.Add();

    public void Reused()
    {
        _reuses.Add();
        _revocations.Add();
    }
}
