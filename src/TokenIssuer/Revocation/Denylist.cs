using System.Collections.Concurrent;
using TokenIssuer.AccessTokens;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>
/// A replica of the revocation log in memory: what a request asks instead of the network. Reads take no lock and
/// allocate nothing. Pages are merged by maximum and never replace what is held: those who saw a revocation can't
/// forget it, whatever the store has lost since.
/// </summary>
internal sealed class Denylist(TimeProvider clock)
{
    private static readonly TimeSpan s_pruneEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_untilTolerance = TimeSpan.FromSeconds(90);

    private readonly FamilyMarks _families = new();
    private readonly ConcurrentDictionary<UserKey, RevocationEntry.User> _users = new();
    private readonly ConcurrentDictionary<string, Mark> _tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Mark> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RevocationWatch, bool> _watches = new();
    private readonly Lock _merging = new();
    private readonly SettledClock _settled = new(clock);
    private readonly DateTimeOffset _born = clock.GetUtcNow();
    private RevocationEntry.All? _all;
    private bool _listsTokens;
    private bool _listsKeys;
    private long _minGeneration;
    private long _highestGeneration;
    private Freshness? _freshness;
    private DateTimeOffset _prunedAt = clock.GetUtcNow();

    /// <summary>Raised with each page of the followed log, in order, after it was merged.</summary>
    public event Action<RevocationPage>? Followed;

    /// <summary>Entries held, everybody's not counted.</summary>
    public int Count => _families.Count + _users.Count + _tokens.Count + _keys.Count;

    /// <summary>Up to where the log was followed; null before the first snapshot.</summary>
    public LogCursor? Cursor => Volatile.Read(ref _freshness)?.Cursor;

    /// <summary>How long ago the replica was known to be complete: since its birth, before the first snapshot.</summary>
    public TimeSpan Age => Volatile.Read(ref _freshness) is { } seen
        ? seen.AgeThen + clock.GetElapsedTime(seen.Timestamp)
        : clock.GetUtcNow() - _born;

    /// <summary>Whether a snapshot was merged: before that the replica can't answer at all.</summary>
    public bool IsLoaded => Volatile.Read(ref _freshness) is not null;

    /// <summary>The highest generation seen for anyone.</summary>
    public long HighestGeneration => Volatile.Read(ref _highestGeneration);

    /// <summary>Whether, and why, a token is refused.</summary>
    public Denial Check(TokenIdentity token)
    {
        if (token.ApiTokenBirth is { } birth)
        {
            return Check(token, birth);
        }

        if (token.Generation < Volatile.Read(ref _minGeneration))
        {
            return Denial.User;
        }

        if (_families.Contains(token.Session))
        {
            return Denial.Session;
        }

        if (_users.TryGetValue(token.Session.User, out var user) && token.Generation < user.Floors.Generation)
        {
            return Denial.User;
        }

        // Single tokens and keys are listed rarely, and hashing their names would be most of the work.
        if (Volatile.Read(ref _listsTokens) && _tokens.ContainsKey(token.TokenId))
        {
            return Denial.Token;
        }

        return Volatile.Read(ref _listsKeys) && ListsKey(token.KeyId) ? Denial.Key : Denial.None;
    }

    /// <summary>Whether the family itself is listed, whatever generation a token of it carries.</summary>
    public bool Lists(SessionId session) => _families.Contains(session);

    /// <summary>Whether an API token itself is listed.</summary>
    public bool Lists(ApiTokenId token) => _tokens.ContainsKey(token.ToString());

    /// <summary>Whether all that a signing key has signed is dead.</summary>
    public bool ListsKey(string keyId) => _keys.ContainsKey(keyId);

    /// <summary>What is known of a user, for the store to judge with.</summary>
    public Knowledge KnowledgeOf(UserKey user)
    {
        var floors = UserFloors.All(Volatile.Read(ref _minGeneration));
        return new Knowledge(_users.TryGetValue(user, out var entry) ? floors.Max(entry.Floors) : floors, Cursor);
    }

    /// <summary>A token that is cancelled as soon as <paramref name="token"/> is denied; at once if it is already.</summary>
    public RevocationWatch Watch(TokenIdentity token)
    {
        var watch = new RevocationWatch(token, closed => _watches.TryRemove(closed, out _));
        _watches[watch] = true;
        if (Check(token) != Denial.None)
        {
            watch.Fire();
        }

        return watch;
    }

    /// <summary>Merges a page of the followed log and moves the cursor.</summary>
    public void Merge(RevocationPage page)
    {
        Merge(page.Entries, page.Retention);
        Volatile.Write(ref _freshness, new Freshness(page.Cursor, page.Age, clock.GetTimestamp()));
        PruneSometimes();
        Followed?.Invoke(page);
    }

    /// <summary>Merges entries that did not come with the followed log: a kill of one's own, a strict read.</summary>
    public void Merge(IReadOnlyList<RevocationEntry> entries, TimeSpan retention)
    {
        if (entries.Count == 0)
        {
            return;
        }

        var latest = clock.GetUtcNow() + retention + s_untilTolerance;
        lock (_merging)
        {
            _families.Reserve(entries.Count);
            foreach (var entry in entries)
            {
                Merge(entry.Until <= latest ? entry : entry with { Until = latest });
            }
        }

        foreach (var (watch, _) in _watches)
        {
            if (Check(watch.Identity) != Denial.None)
            {
                watch.Fire();
            }
        }
    }

    /// <summary>Everything held, to re-assert it in a store that has lost it.</summary>
    public IReadOnlyList<RevocationEntry> Held()
    {
        var held = new List<RevocationEntry>(Count + 1);
        held.AddRange(_families.All());
        held.AddRange(_users.Values);
        held.AddRange(_tokens.Select(pair => new RevocationEntry.Token(pair.Key, pair.Value.Reason, pair.Value.Until)));
        held.AddRange(_keys.Select(pair => new RevocationEntry.Key(pair.Key, pair.Value.Reason, pair.Value.Until)));
        if (_all is { } all)
        {
            held.Add(all);
        }

        return held;
    }

    private Denial Check(TokenIdentity apiToken, long birth)
    {
        var floors = KnowledgeOf(apiToken.Session.User).Floors;
        if (birth < floors.ApiFloor)
        {
            return Denial.User;
        }

        if (_tokens.ContainsKey(apiToken.TokenId))
        {
            return Denial.Token;
        }

        return apiToken.Generation < floors.Generation ? Denial.Outdated : Denial.None;
    }

    private static Mark Later(Mark held, Mark next) => next.Until > held.Until ? next : held;

    private void Merge(RevocationEntry entry)
    {
        var mark = new Mark(entry.Until, entry.Reason);
        switch (entry)
        {
            case RevocationEntry.Family family:
                _families.Add(family.Session, family.Reason, family.Until);
                break;
            case RevocationEntry.User user:
                _users.AddOrUpdate(user.UserKey, static (_, next) => next, static (_, held, next) => Max(held, next), user);
                RaiseHighest(user.Floors.Generation);
                break;
            case RevocationEntry.Token token:
                _tokens.AddOrUpdate(token.Jti, static (_, next) => next, static (_, held, next) => Later(held, next), mark);
                Volatile.Write(ref _listsTokens, true);
                break;
            case RevocationEntry.Key key:
                _keys.AddOrUpdate(key.KeyId, static (_, next) => next, static (_, held, next) => Later(held, next), mark);
                Volatile.Write(ref _listsKeys, true);
                break;
            case RevocationEntry.All all when all.MinGeneration > _minGeneration:
                _all = all;
                Volatile.Write(ref _minGeneration, all.MinGeneration);
                RaiseHighest(all.MinGeneration);
                break;
            default:
                break;
        }
    }

    private static RevocationEntry.User Max(RevocationEntry.User held, RevocationEntry.User next)
    {
        var newer = next.Until > held.Until ? next : held;
        return newer with { Floors = held.Floors.Max(next.Floors) };
    }

    private void RaiseHighest(long generation) => Volatile.Write(ref _highestGeneration, Math.Max(_highestGeneration, generation));

    private void PruneSometimes()
    {
        var now = _settled.Look();
        if (now - _prunedAt < s_pruneEvery)
        {
            return;
        }

        _prunedAt = now;
        lock (_merging)
        {
            _families.Prune(now);
            Volatile.Write(ref _listsTokens, Prune(_tokens, now));
            Volatile.Write(ref _listsKeys, Prune(_keys, now));
            foreach (var pair in _users.Where(pair => pair.Value.Until < now))
            {
                _users.TryRemove(pair);
            }
        }
    }

    /// <returns>Whether any are left.</returns>
    private static bool Prune(ConcurrentDictionary<string, Mark> marks, DateTimeOffset now)
    {
        foreach (var pair in marks)
        {
            if (pair.Value.Until < now)
            {
                marks.TryRemove(pair);
            }
        }

        return !marks.IsEmpty;
    }

    private readonly record struct Mark(DateTimeOffset Until, RevocationReason Reason);

    private sealed record Freshness(LogCursor Cursor, TimeSpan AgeThen, long Timestamp);
}
