using System.Diagnostics;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>Kills and their log entries, as steps inside the writer's transaction.</summary>
internal static class RevocationSteps
{
    public static Killed RevokeFamily(StoreStep step, SessionId session, RevocationReason reason)
    {
        var died = CountAlive(step, session);
        return new Killed(died, 0, [step.Kill(session, reason, step.Until)]);
    }

    public static Killed RevokeOthers(StoreStep step, SessionId keep, RevocationReason reason)
    {
        var record = step.Users.Find(keep.User);
        var entries = new List<RevocationEntry>();
        foreach (var family in step.LivingOf(keep.User, record, step.FloorsOf(record, default)))
        {
            if (family.Session != keep)
            {
                entries.Add(step.Kill(family.Session, reason, step.Until));
            }
        }

        return new Killed(entries.Count, 0, entries);
    }

    public static Killed RevokeUser(StoreStep step, UserKey user, Subject subject, KillReach reach, RevocationReason reason, Knowledge known)
    {
        step.Store.ThrowUnlessSeen(known.Cursor);
        var record = step.Users.Find(user);
        var floors = step.FloorsOf(record, known.Floors);
        var raised = floors.Raise(reach, step.Now);
        var died = CountBetween(step, user, record, floors, raised);
        return new Killed(died.Sessions, died.ApiTokens, [step.Raise(user, subject, raised, reason, step.Until)]);
    }

    /// <summary>Writes what the log does not say yet, and applies it to the records.</summary>
    public static Killed Append(StoreStep step, IReadOnlyList<RevocationEntry> entries)
    {
        var written = new List<RevocationEntry>();
        var (sessions, apiTokens) = (0, 0);
        foreach (var entry in entries)
        {
            if (!IsInEffect(step, entry))
            {
                var died = CountReach(step, entry);
                sessions += died.Sessions;
                apiTokens += died.ApiTokens;
                written.Add(Apply(step, entry, entry.Until == DateTimeOffset.MinValue ? step.Until : entry.Until));
            }
        }

        return new Killed(sessions, apiTokens, written);
    }

    private static bool IsInEffect(StoreStep step, RevocationEntry entry) => entry switch
    {
        RevocationEntry.All all => all.MinGeneration <= step.Store.AllGeneration,
        RevocationEntry.User user when UserFloors.All(step.Store.AllGeneration).Covers(user.Floors) => true,

        // An entry that leaves its end open is content with any that is still in force.
        _ => step.Log.IsInEffect(entry, entry.Until > step.Now ? entry.Until : step.Now),
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
                var record = step.Users.Find(user.UserKey);
                return CountBetween(step, user.UserKey, record, step.FloorsOf(record, default), user.Floors);
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

    private static (int Sessions, int ApiTokens) CountBetween(
        StoreStep step, UserKey user, UserRecord? record, UserFloors before, UserFloors after) => (
        after.Floor > before.Floor ? step.LivingOf(user, record, before).Count(family => family.Birth < after.Floor) : 0,
        after.ApiFloor > before.ApiFloor ? step.LivingApiTokensOf(user, record, before).Count(token => token.Birth < after.ApiFloor) : 0);
}
