using System.Globalization;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

/// <summary>
/// The store as one reads it in the design: dictionaries under a lock, nothing pruned. What the real stores are compared
/// with, and a check of the suite itself.
/// </summary>
internal sealed partial class ModelStore(TimeProvider clock) : ITokenFamilyStore
{
    private const long Margin = 600_000;
    private const long RepeatStep = 1_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<UserKey, (Subject Subject, UserFloors Floors)> _users = [];
    private readonly Dictionary<SessionId, TokenFamily> _families = [];
    private readonly List<RevocationEntry> _log = [];
    private string _storeId = FamilyId.New().ToString();
    private string? _sealKey;
    private TimeSpan _retention;
    private long _epoch = 1;
    private long _all;

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    private LogCursor Tail => new(_storeId, _epoch, [new LogPosition(_log.Count)]);

    /// <summary>What a node that joins does: it is born, or it learns the largest retention.</summary>
    public void Join(TimeSpan retention)
    {
        lock (_gate)
        {
            _retention = retention > _retention ? retention : _retention;
            if (_log.Count == 0)
            {
                RaiseAll(0, RevocationReason.StoreBirth);
            }
        }
    }

    public Task<UserStanding> ReadUserAsync(UserKey user, Knowledge known, CancellationToken cancellationToken) => Step(known, () =>
        new UserStanding(_users.TryGetValue(user, out var record) ? record.Subject : null, FloorsOf(user, known.Floors), Now));

    public Task<FamilyStarted> StartFamilyAsync(FamilyStart start, Knowledge known, CancellationToken cancellationToken) => Step(known, () =>
    {
        var user = start.Session.User;
        var floors = FloorsOf(user, known.Floors);
        if (start.ExpectedGeneration != floors.Generation)
        {
            return (FamilyStarted)new FamilyStarted.GenerationMoved();
        }

        var replaced = start.Replaces is { } id ? new SessionId(user, id) : (SessionId?)null;
        var living = LivingOf(user, floors).Where(one => one.Session != replaced).OrderBy(one => one.CreatedAt).ToList();
        var excess = living.Count + 1 - start.MaxSessions;
        if (excess > 0 && start.LimitPolicy == SessionLimitPolicy.Refuse)
        {
            return new FamilyStarted.LimitReached();
        }

        var family = start.ToFamily(Now);
        List<RevocationEntry> ended = replaced is { } old && !IsListed(old) ? [Kill(old, RevocationReason.Replaced)] : [];
        ended.AddRange(living.Take(Math.Max(0, excess)).Select(one => Kill(one.Session, RevocationReason.SessionEvicted)).ToList());
        _families.Add(start.Session, family);
        var own = _users.TryGetValue(user, out var record) ? record.Floors : default;
        _users[user] = (start.Grant.Subject, own with { Generation = floors.Generation });
        return new FamilyStarted.Started(family, Now, ended);
    });

    public Task<Rotation> RotateAsync(RotationRequest request, Knowledge known, CancellationToken cancellationToken) => Step(known, () =>
    {
        var user = request.Session.User;
        var floors = FloorsOf(user, known.Floors);
        var (verdict, family) = TokenFamily.Judge(_families.GetValueOrDefault(request.Session), floors, request, Now);
        IReadOnlyList<RevocationEntry> entries = [];
        if (verdict is RotationVerdict.Rotated or RotationVerdict.RolledBack && family is not null)
        {
            _families[request.Session] = family;
        }
        else if (verdict == RotationVerdict.Reused && family is not null)
        {
            entries = request.Policy.ReuseScope == ReuseScope.Family
                ? [Kill(request.Session, RevocationReason.RefreshTokenReused)]
                : [Raise(user, family.Grant.Subject, floors.Raise(KillReach.Everything, Now), RevocationReason.RefreshTokenReused, Until)];
        }

        return new Rotation(verdict, family, floors.Generation, Now, entries);
    });

    public Task<Killed> RevokeFamilyAsync(SessionId session, RevocationReason reason, CancellationToken cancellationToken) => Step(default, () =>
    {
        var sessions = LivingOf(session.User, FloorsOf(session.User, default)).Count(family => family.Session == session);
        return new Killed(sessions, 0, [Kill(session, reason)]);
    });

    public Task<Killed> RevokeOtherFamiliesAsync(SessionId keep, RevocationReason reason, CancellationToken cancellationToken) => Step(default, () =>
    {
        var floors = FloorsOf(keep.User, default);
        var others = _families.Values.Where(family => family.Session.User == keep.User && family.Session != keep
            && family.Birth >= floors.Floor && family.AbsoluteEnd > Now).ToList();
        var died = others.Count(family => family.IsAlive(floors, Now));
        return new Killed(died, 0, [.. others.Select(family => Kill(family.Session, reason))]);
    });

    public Task<Killed> RevokeUserAsync(
        UserKey user, Subject subject, KillReach reach, RevocationReason reason, Knowledge known, CancellationToken cancellationToken) => Step(known, () =>
    {
        var floors = FloorsOf(user, known.Floors);
        var (alive, apiAlive) = (LivingOf(user, floors).Count, LivingApiTokensOf(user, floors).Count);
        var entry = Raise(user, subject, floors.Raise(reach, Now), reason, Until);
        return new Killed(alive - LivingOf(user, entry.Floors).Count, apiAlive - LivingApiTokensOf(user, entry.Floors).Count, [entry]);
    });

    public Task<Killed> RevokeAllAsync(RevocationReason reason, long highestKnown, CancellationToken cancellationToken) => Step(default, () =>
    {
        var (alive, apiAlive) = Count(_users.Keys);
        return new Killed(alive, apiAlive, [RaiseAll(highestKnown, reason)]);
    });

    public Task<IReadOnlyList<TokenFamily>> ListFamiliesAsync(UserKey user, Knowledge known, CancellationToken cancellationToken)
        => Step<IReadOnlyList<TokenFamily>>(known, () => [.. LivingOf(user, FloorsOf(user, known.Floors)).OrderByDescending(family => family.CreatedAt)]);

    public Task<Killed> CountAsync(UserKey? user, CancellationToken cancellationToken) => Step(default, () =>
    {
        var (alive, apiAlive) = Count(user is { } one ? [one] : _users.Keys);
        return new Killed(alive, apiAlive, []);
    });

    public Task AgreeOnSealKeyAsync(SealKeys held, CancellationToken cancellationToken) => Step(default, () => _sealKey = held.Succeed(_sealKey));

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private Task<T> Step<T>(Knowledge known, Func<T> step)
    {
        lock (_gate)
        {
            return known.Cursor is { } seen && !seen.IsWithin(Tail)
                ? Task.FromException<T>(new TokenStoreLossException("The caller has seen another store."))
                : Task.FromResult(step());
        }
    }

    private DateTimeOffset Until => Now + _retention;

    private UserFloors FloorsOf(UserKey user, UserFloors known)
        => UserFloors.All(_all).Max(known).Max(_users.TryGetValue(user, out var record) ? record.Floors : default);

    private List<TokenFamily> LivingOf(UserKey user, UserFloors floors)
        => [.. _families.Values.Where(family => family.Session.User == user && family.IsAlive(floors, Now))];

    private (int Sessions, int ApiTokens) Count(IReadOnlyCollection<UserKey> users) => (
        users.Sum(user => LivingOf(user, FloorsOf(user, default)).Count),
        users.Sum(user => LivingApiTokensOf(user, FloorsOf(user, default)).Count));

    private bool IsListed(SessionId session)
        => _log.OfType<RevocationEntry.Family>().Any(entry => entry.Session == session && entry.Until >= Now);

    private RevocationEntry Kill(SessionId session, RevocationReason reason)
    {
        _families.Remove(session);
        return Write(new RevocationEntry.Family(session, reason, Until));
    }

    private RevocationEntry.User Raise(UserKey user, Subject subject, UserFloors floors, RevocationReason reason, DateTimeOffset until)
    {
        _users[user] = (subject, floors);
        return (RevocationEntry.User)Write(new RevocationEntry.User(user, subject, floors, reason, until));
    }

    private RevocationEntry RaiseAll(long highestKnown, RevocationReason reason)
    {
        var highest = _users.Values.Select(record => record.Floors.Generation).Append(_all).Append(highestKnown).Max();
        var step = reason is RevocationReason.StoreLoss or RevocationReason.StoreBirth ? Margin : RepeatStep;
        _all = Math.Max(highest + step, Now.ToUnixTimeMilliseconds() + Margin);
        return Write(new RevocationEntry.All(_all, reason, Until));
    }

    private RevocationEntry Write(RevocationEntry entry)
    {
        var written = entry with { Id = (_log.Count + 1).ToString(CultureInfo.InvariantCulture) };
        _log.Add(written);
        return written;
    }
}
