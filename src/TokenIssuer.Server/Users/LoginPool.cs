namespace TokenIssuer.Server.Users;

/// <summary>
/// Counts the failed attempts at one account: those from one place where its owner has signed in, or, with an empty address,
/// those from everywhere else.
/// </summary>
internal sealed class LoginPool
{
    /// <summary>Empty in the row that attempts on unknown names are counted in: they cost a write as well.</summary>
    public required string UserId { get; init; }

    /// <summary>The coarse address, as lists of sessions show it.</summary>
    public required string Address { get; init; }

    public int Failures { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>When the owner last signed in from there; null where that never was.</summary>
    public DateTimeOffset? SignedInAt { get; init; }
}
