using TokenIssuer.Revocation;

namespace TokenIssuer.Families;

/// <summary>What it takes to start a family.</summary>
/// <param name="Session">User and new family id.</param>
/// <param name="Grant">What the login granted.</param>
/// <param name="Origin">Where it was started.</param>
/// <param name="ExpectedGeneration">The effective generation read before the password was verified.</param>
/// <param name="SecretHash">The hash of the new family secret.</param>
/// <param name="SealKeyId">The key that seals the first token.</param>
/// <param name="AgentHash">A short hash of the agent.</param>
/// <param name="IdleTimeout">Until the first refresh.</param>
/// <param name="AbsoluteLifetime">Until the end, whatever happens.</param>
/// <param name="MaxSessions">The cap that applies to this user; at least 1.</param>
/// <param name="LimitPolicy">What happens at the cap.</param>
/// <param name="Replaces">A family of the same user that ends in the same step, if it has not yet; it does not count against the cap.</param>
/// <param name="SignedIn">The sign-in that this family goes on with; null when it is one of its own.</param>
internal sealed record FamilyStart(
    SessionId Session,
    FamilyGrant Grant,
    SessionOrigin Origin,
    long ExpectedGeneration,
    UInt128 SecretHash,
    byte SealKeyId,
    uint AgentHash,
    TimeSpan IdleTimeout,
    TimeSpan AbsoluteLifetime,
    int MaxSessions,
    SessionLimitPolicy LimitPolicy,
    FamilyId? Replaces = null,
    EarlierSignIn? SignedIn = null)
{
    /// <summary>The record of the family when it is started at <paramref name="now"/>.</summary>
    public TokenFamily ToFamily(DateTimeOffset now)
    {
        var absoluteEnd = SignedIn?.End ?? now + AbsoluteLifetime;
        var idleEnd = now + IdleTimeout;
        return new TokenFamily(
            Session, Grant, Origin, ExpectedGeneration, SecretHash, TokenFamily.FirstGeneration, SealKeyId,
            SignedIn?.At ?? now, RotatedAt: now, idleEnd < absoluteEnd ? idleEnd : absoluteEnd, absoluteEnd, IdempotencyHash: 0, AgentHash);
    }
}

/// <summary>When somebody signed in, and when what was started then ends: a family that goes on with it is neither fresher nor longer.</summary>
internal readonly record struct EarlierSignIn(DateTimeOffset At, DateTimeOffset End);

/// <summary>The outcome of starting a family.</summary>
internal abstract record FamilyStarted
{
    private FamilyStarted()
    {
    }

    /// <summary>Started; the entries of families that were replaced or evicted for it are in <paramref name="Ended"/>.</summary>
    public sealed record Started(TokenFamily Family, DateTimeOffset Now, IReadOnlyList<RevocationEntry> Ended) : FamilyStarted;

    /// <summary>The user's generation has moved since it was read: the password may have changed meanwhile. Nothing written.</summary>
    public sealed record GenerationMoved : FamilyStarted;

    /// <summary>The cap is reached and the policy is to refuse. Nothing written.</summary>
    public sealed record LimitReached : FamilyStarted;
}
