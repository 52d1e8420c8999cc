using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>The life of an API token, as steps inside a transaction.</summary>
internal static class ApiTokenSteps
{
    public static ApiTokenAdded Add(StoreStep step, ApiTokenRecord token, int max, Knowledge known)
    {
        step.Store.ThrowUnlessSeen(known.Cursor);
        var user = token.Id.User;
        var record = step.Users.Find(user);
        var floors = step.FloorsOf(record, known.Floors);
        if (token.Birth < floors.ApiFloor)
        {
            return ApiTokenAdded.BearerRevoked;
        }

        var tokens = record is { } stored ? step.ApiTokens.List(user, stored.Subject) : [];
        if (tokens.Count(other => other.IsAlive(floors, step.Now)) >= max)
        {
            return ApiTokenAdded.LimitReached;
        }

        var ownFloors = step.FloorsOf(record, default);
        foreach (var dead in tokens.Where(other => !other.IsAlive(ownFloors, step.Settled)))
        {
            step.ApiTokens.Delete(dead.Id);
        }

        step.ApiTokens.Insert(token);
        step.Keep(user, token.Subject, default, token.ExpiresAt);
        return ApiTokenAdded.Added;
    }

    public static ApiTokenRecord? Find(StoreStep step, ApiTokenId token, UInt128 secretHash, Knowledge known)
    {
        step.Store.ThrowUnlessSeen(known.Cursor);
        var user = step.Users.Find(token.User);
        var record = user is { } owner ? step.ApiTokens.Find(token, owner.Subject) : null;
        return record?.SecretHash == secretHash && record.IsAlive(step.FloorsOf(user, known.Floors), step.Now) ? record : null;
    }

    /// <summary>Whether the last use was noted within the last minute: a token in steady use costs one write a minute.</summary>
    public static bool IsNoted(ApiTokenRecord token, DateTimeOffset now)
        => token.LastUsedAt is { } last && now - last < ApiTokenRecord.LastUsedPrecision;

    public static ApiTokenUse Use(StoreStep step, ApiTokenId token, UInt128 secretHash, Knowledge known)
    {
        var record = Find(step, token, secretHash, known);
        if (record is null || IsNoted(record, step.Now))
        {
            return new ApiTokenUse(record);
        }

        step.ApiTokens.Use(token, step.Now);
        return new ApiTokenUse(record with { LastUsedAt = step.Now });
    }

    public static Killed Revoke(StoreStep step, ApiTokenId token, RevocationReason reason)
    {
        var died = CountAlive(step, token);
        return new Killed(0, died, [step.Kill(token, reason, step.Until)]);
    }

    public static int CountAlive(StoreStep step, ApiTokenId token)
    {
        var user = step.Users.Find(token.User);
        var record = user is { } owner ? step.ApiTokens.Find(token, owner.Subject) : null;
        return record?.IsAlive(step.FloorsOf(user, default), step.Now) is true ? 1 : 0;
    }
}

/// <summary>What was found; null when nothing living with this secret was.</summary>
internal readonly record struct ApiTokenUse(ApiTokenRecord? Token);
