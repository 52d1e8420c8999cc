using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>One verb under way inside a transaction: the moment it happens in, and the store as it finds and leaves it.</summary>
internal sealed class StoreStep(StoreConnection connection, StoreRecord store, DateTimeOffset now, DateTimeOffset settled)
{
    /// <summary>A user's record outlives the last denial of the user's tokens by this.</summary>
    private static readonly TimeSpan s_recordMargin = TimeSpan.FromMinutes(10);

    public StoreRecord Store { get; private set; } = store;

    /// <summary>The time of the step, in whole milliseconds.</summary>
    public DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());

    /// <summary>The time by which things are forgotten: a clock that was set ahead for a while does no harm.</summary>
    public DateTimeOffset Settled { get; } = settled;

    public DateTimeOffset Until => Now + Store.RetentionAt(Now);

    public UserTable Users => connection.Users;

    public FamilyTable Families => connection.Families;

    public ApiTokenTable ApiTokens => connection.ApiTokens;

    public LogTable Log => connection.Log;

    public UserFloors FloorsOf(UserRecord? user, UserFloors known) => Store.FloorsOf(user, known);

    public List<TokenFamily> LivingOf(UserKey user, UserRecord? record, UserFloors floors)
    {
        if (record is not { } known)
        {
            return [];
        }

        var families = Families.List(user, known.Subject);
        families.RemoveAll(family => !family.IsAlive(floors, Now));
        return families;
    }

    public List<ApiTokenRecord> LivingApiTokensOf(UserKey user, UserRecord? record, UserFloors floors)
    {
        if (record is not { } known)
        {
            return [];
        }

        var tokens = ApiTokens.List(user, known.Subject);
        tokens.RemoveAll(token => !token.IsAlive(floors, Now));
        return tokens;
    }

    /// <summary>Keeps a user's record until <paramref name="until"/> and a while longer; floors merge by maximum.</summary>
    public void Keep(UserKey user, Subject subject, UserFloors floors, DateTimeOffset until) => Users.Raise(user, subject, floors, until + s_recordMargin);

    public RevocationEntry Kill(SessionId session, RevocationReason reason, DateTimeOffset until)
    {
        Families.Delete(session);
        return Write(new RevocationEntry.Family(session, reason, until));
    }

    public RevocationEntry Kill(ApiTokenId token, RevocationReason reason, DateTimeOffset until)
    {
        ApiTokens.Delete(token);
        return Write(new RevocationEntry.Token(token.ToString(), reason, until));
    }

    /// <summary>Raises a user's floors; what was born below them is dead and gone.</summary>
    public RevocationEntry Raise(UserKey user, Subject subject, UserFloors floors, RevocationReason reason, DateTimeOffset until)
    {
        Keep(user, subject, floors, until);
        Families.DeleteBelow(user, floors.Floor);
        ApiTokens.DeleteBelow(user, floors.ApiFloor);
        return Write(new RevocationEntry.User(user, subject, floors, reason, until));
    }

    /// <summary>Raises <c>all</c> above everything known for anyone. The dead families stay where they are: one write, however many they are.</summary>
    public RevocationEntry RaiseAll(RevocationReason reason, long highestKnown)
    {
        var highest = Math.Max(Math.Max(Store.AllGeneration, highestKnown), Users.HighestGeneration());

        // What a lost store gave out last nobody may have seen; of this one everything is known, and a repeated kill stays near its time.
        var step = reason == RevocationReason.StoreLoss ? Schema.AllMargin : Schema.AllStep;
        return SetAll(Math.Max(highest + step, Now.ToUnixTimeMilliseconds() + Schema.AllMargin), reason, Until);
    }

    public RevocationEntry SetAll(long generation, RevocationReason reason, DateTimeOffset until)
    {
        var entry = Write(new RevocationEntry.All(generation, reason, until));
        Store = Store with { AllGeneration = generation, AllReason = reason, AllPosition = Store.Tail };
        return entry;
    }

    public RevocationEntry Write(RevocationEntry entry)
    {
        var written = Log.Insert(Store.Tail + 1, entry);
        Store = Store with { Tail = Store.Tail + 1, Pruned = Math.Max(Store.Pruned, Log.Prune(Settled)) };
        return written;
    }

    /// <summary>Writes what is there already: to see whether writing works.</summary>
    /// <returns>The end of the log.</returns>
    public long Touch()
    {
        connection.Store.Update(Store);
        return Store.Tail;
    }

    /// <summary>Remembers the key that seals, unless the store knows a newer one.</summary>
    public string Agree(SealKeys held)
    {
        var sealKey = held.Succeed(Store.SealKey);
        Store = Store with { SealKey = sealKey };
        return sealKey;
    }

    public void RaiseEpoch() => Store = Store with { Epoch = Store.Epoch + 1 };
}
