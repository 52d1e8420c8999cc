using System.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>The life of a family, as steps inside the writer's transaction.</summary>
internal static class FamilySteps
{
    public static FamilyStarted Start(StoreStep step, FamilyStart start, Knowledge known)
    {
        step.Store.ThrowUnlessSeen(known.Cursor);
        var user = start.Session.User;
        var record = step.Users.Find(user);
        var floors = step.FloorsOf(record, known.Floors);
        if (start.ExpectedGeneration != floors.Generation)
        {
            return new FamilyStarted.GenerationMoved();
        }

        var replaced = start.Replaces is { } id ? new SessionId(user, id) : (SessionId?)null;
        var families = record is { } stored ? step.Families.List(user, stored.Subject) : [];
        families.RemoveAll(family => family.Session == replaced);
        var living = families.Where(family => family.IsAlive(floors, step.Now)).OrderBy(family => family.CreatedAt).ThenBy(family => family.Session.Family.Value).ToList();
        var excess = living.Count + 1 - start.MaxSessions;
        if (excess > 0 && start.LimitPolicy == SessionLimitPolicy.Refuse)
        {
            return new FamilyStarted.LimitReached();
        }

        var ownFloors = step.FloorsOf(record, default);
        foreach (var family in families.Where(family => IsForgettable(step, family, ownFloors)))
        {
            step.Families.Delete(family.Session);
        }

        var ended = new List<RevocationEntry>();
        if (replaced is { } old && !step.Log.IsInEffect(new RevocationEntry.Family(old, RevocationReason.Replaced, step.Now), step.Now))
        {
            ended.Add(step.Kill(old, RevocationReason.Replaced, step.Until));
        }

        for (var i = 0; i < excess && i < living.Count; i++)
        {
            ended.Add(step.Kill(living[i].Session, RevocationReason.SessionEvicted, step.Until));
        }

        var begun = start.ToFamily(step.Now);
        step.Families.Insert(begun);
        step.Keep(user, start.Grant.Subject, new UserFloors(floors.Generation, 0, 0), begun.AbsoluteEnd);
        step.Users.Prune(step.Settled);
        return new FamilyStarted.Started(begun, step.Now, ended);
    }

    public static Rotation Rotate(StoreStep step, RotationRequest request, Knowledge known)
    {
        step.Store.ThrowUnlessSeen(known.Cursor);
        var user = step.Users.Find(request.Session.User);
        var floors = step.FloorsOf(user, known.Floors);
        var stored = user is { } found ? step.Families.Find(request.Session, found.Subject) : null;
        var (verdict, family) = TokenFamily.Judge(stored, floors, request, step.Now);
        IReadOnlyList<RevocationEntry> entries = [];
        if (family is not null)
        {
            switch (verdict)
            {
                case RotationVerdict.Rotated or RotationVerdict.RolledBack:
                    step.Families.Rotate(family);
                    break;
                case RotationVerdict.Reused:
                    entries = [KillReused(step, family, floors, request.Policy.ReuseScope)];
                    break;
                default:
                    break;
            }
        }

        return new Rotation(verdict, family, floors.Generation, step.Now, entries);
    }

    /// <summary>Dead, and for so long that its last access token, which a logout may still have to deny, has expired.</summary>
    private static bool IsForgettable(StoreStep step, TokenFamily family, UserFloors floors)
        => family.Birth < floors.Floor
            || family.AbsoluteEnd <= step.Settled
            || (family.IdleEnd <= step.Settled && family.RotatedAt + step.Store.RetentionTime < step.Settled);

    private static RevocationEntry KillReused(StoreStep step, TokenFamily family, UserFloors floors, ReuseScope scope) => scope switch
    {
        ReuseScope.Family => step.Kill(family.Session, RevocationReason.RefreshTokenReused, step.Until),
        ReuseScope.User => step.Raise(
            family.Session.User, family.Grant.Subject, floors.Raise(KillReach.Everything, step.Now), RevocationReason.RefreshTokenReused, step.Until),
        _ => throw new UnreachableException(scope.ToString()),
    };
}
