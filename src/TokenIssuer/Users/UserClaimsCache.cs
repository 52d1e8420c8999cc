using System.Collections.Concurrent;
using TokenIssuer.Families;

namespace TokenIssuer.Users;

/// <summary>
/// Spares the directory a query per refresh. Keyed by user and generation, so that whatever raises the generation (roles
/// changed, user disabled) makes the next refresh ask again; and never older than a minute.
/// </summary>
internal sealed class UserClaimsCache(UserDirectory directory, TimeProvider clock)
{
    private const int Capacity = 10_000;
    private static readonly TimeSpan s_maxAge = TimeSpan.FromSeconds(60);

    private ConcurrentDictionary<(Subject, long), Cached> _young = new();
    private ConcurrentDictionary<(Subject, long), Cached> _old = new();

    public async ValueTask<UserClaims?> LoadAsync(Subject subject, long generation, CancellationToken cancellationToken)
    {
        var key = (subject, generation);
        if ((_young.TryGetValue(key, out var cached) || _old.TryGetValue(key, out cached))
            && clock.GetElapsedTime(cached.LoadedAt) < s_maxAge)
        {
            return cached.Claims;
        }

        var loadedAt = clock.GetTimestamp();
        var claims = await directory.LoadAsync(subject, cancellationToken).ConfigureAwait(false);
        if (claims is not null)
        {
            if (_young.Count >= Capacity)
            {
                _old = Interlocked.Exchange(ref _young, new ConcurrentDictionary<(Subject, long), Cached>());
            }

            _young[key] = new Cached(claims, loadedAt);
        }

        return claims;
    }

    private readonly record struct Cached(UserClaims Claims, long LoadedAt);
}
