using TokenIssuer.Families;

namespace TokenIssuer.ApiTokens;

/// <summary>An API token as the store has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="Name">What the owner called it; at most 64 characters.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="SecretHash">The hash of its secret.</param>
/// <param name="Birth">The <c>gen</c> of the bearer that asked for it; dead once below the user's API floor.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it dies.</param>
/// <param name="LastUsedAt">When it was last introspected, to the minute; null when never.</param>
internal sealed record ApiTokenRecord(
    ApiTokenId Id,
    Subject Subject,
    string Name,
    Scope Scope,
    UInt128 SecretHash,
    long Birth,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt)
{
    /// <summary>How exactly the last use is known: a token in use costs one write a minute.</summary>
    public static readonly TimeSpan LastUsedPrecision = TimeSpan.FromMinutes(1);

    public bool IsAlive(UserFloors floors, DateTimeOffset now) => Birth >= floors.ApiFloor && now < ExpiresAt;
}
