using System.Diagnostics;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>Kills and their log entries, as steps inside the writer's transaction.</summary>
internal static class RevocationSteps
{
    /// <summary>Clocks differ; but an end far in the future would never be forgotten.</summary>
    private static readonly TimeSpan s_untilTolerance = TimeSpan.FromSeconds(90);

    public static Killed RevokeFamily(StoreStep step, SessionId session, RevocationReason reason)
    {
        var died = CountAlive(step, session);
        return new Killed(died, 0, [step.Kill(session, reason, step.Until)]);
    }

    public static Killed RevokeOthers(StoreStep step, SessionId keep, RevocationReason reason)
    {
        if (step.Users.Find(keep.User) is not { } record)
        {
            return new Killed(0, 0, []);
        }

        // The idle ones too, uncounted: their last access token may still be good.
        var floors = step.FloorsOf(record, default);
        var others = step.Families.List(keep.User, record.Subject);
        others.RemoveAll(family => family.Session == keep || family.Birth < floors.Floor || family.AbsoluteEnd <= step.Now);
        var died = others.Count(family => family.IsAlive(floors, step.Now));
        return new Killed(died, 0, [.. others.Select(family => step.Kill(family.Session, reason, step.Until))]);
    }

    public static Killed RevokeUser(StoreStep step, UserKey user, Subject subject, KillReach reach, RevocationReason reason, Knowledge known)
    {
        step.Store.ThrowUnlessSeen(known.Cursor);
        var floors = step.FloorsOf(step.Users.Find(user), known.Floors);
        var raised = floors.Raise(reach, step.Now);
        var died = CountBetween(step, user, floors, raised);
        return new Killed(died.Sessions, died.ApiTokens, [step.Raise(user, subject, raised, reason, step.Until)]);
    }

    /// <summary>Writes what the log does not say yet, and applies it to the records.</summary>
    public static Killed Append(StoreStep step, IReadOnlyList<RevocationEntry> entries)
    {
        var written = new List<RevocationEntry>();
        var (sessions, apiTokens) = (0, 0);
        var longest = step.Until + s_untilTolerance;
        foreach (var entry in entries)
        {
            var until = entry.Until < longest ? entry.Until : longest;
            if (!IsInEffect(step, entry, until))
            {
                var died = CountReach(step, entry);
                sessions += died.Sessions;
                apiTokens += died.ApiTokens;
                written.Add(Apply(step, entry, until == DateTimeOffset.MinValue ? step.Until : until));
            }
        }

        return new Killed(sessions, apiTokens, written);
    }

    private static bool IsInEffect(StoreStep step, RevocationEntry entry, DateTimeOffset until) => entry switch
    {
        RevocationEntry.All all => all.MinGeneration <= step.Store.AllGeneration,
        RevocationEntry.User user when UserFloors.All(step.Store.AllGeneration).Covers(user.Floors) => true,

        // An entry that leaves its end open is content with any that is still in force.
        _ => step.Log.IsInEffect(entry, until > step.Now ? until : step.Now),
    };

    private static (int Sessions, int ApiTokens) CountReach(StoreStep step, RevocationEntry entry)
    {
        switch (entry)
        {
            case RevocationEntry.Family family:
                return (CountAlive(step, family.Session), 0);
            case RevocationEntry.Token token when ApiTokenId.TryParse(token.Jti, out var apiToken):
                return (0, ApiTokenSteps.CountAlive(step, apiToken));
            case RevocationEntry.User user:
                return CountBetween(step, user.UserKey, step.FloorsOf(step.Users.Find(user.UserKey), default), user.Floors);
            default:
                return default;
        }
    }

    private static RevocationEntry Apply(StoreStep step, RevocationEntry entry, DateTimeOffset until) => entry switch
    {
        RevocationEntry.Family family => step.Kill(family.Session, family.Reason, until),
        RevocationEntry.User user => step.Raise(
            user.UserKey, user.Subject, step.FloorsOf(step.Users.Find(user.UserKey), user.Floors), user.Reason, until),
        RevocationEntry.All all => step.SetAll(all.MinGeneration, all.Reason, until),
        RevocationEntry.Token token when ApiTokenId.TryParse(token.Jti, out var apiToken) => step.Kill(apiToken, token.Reason, until),
        RevocationEntry.Token or RevocationEntry.Key => step.Write(entry with { Until = until }),
        _ => throw new UnreachableException(entry.GetType().Name),
    };

    private static int CountAlive(StoreStep step, SessionId session)
    {
        var record = step.Users.Find(session.User);
        var family = record is { } known ? step.Families.Find(session, known.Subject) : null;
        return family?.IsAlive(step.FloorsOf(record, default), step.Now) is true ? 1 : 0;
    }

    private static (int Sessions, int ApiTokens) CountBetween(StoreStep step, UserKey user, UserFloors before, UserFloors after) => (
        step.Families.Count(user, before.Floor, after.Floor, step.Now), step.ApiTokens.Count(user, before.ApiFloor, after.ApiFloor, step.Now));
}
