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
    SessionLimitPolicy LimitPolicy)
{
    /// <summary>The record of the family when it is started at <paramref name="now"/>.</summary>
    public TokenFamily ToFamily(DateTimeOffset now)
    {
        var absoluteEnd = now + AbsoluteLifetime;
        var idleEnd = now + IdleTimeout;
        return new TokenFamily(
            Session, Grant, Origin, ExpectedGeneration, SecretHash, TokenFamily.FirstGeneration, SealKeyId,
            CreatedAt: now, RotatedAt: now, idleEnd < absoluteEnd ? idleEnd : absoluteEnd, absoluteEnd, IdempotencyHash: 0, AgentHash);
    }
}

/// <summary>The outcome of starting a family.</summary>
internal abstract record FamilyStarted
{
    private FamilyStarted()
    {
    }

    /// <summary>Started; families evicted for it are in <paramref name="Evicted"/>.</summary>
    public sealed record Started(TokenFamily Family, DateTimeOffset Now, IReadOnlyList<RevocationEntry> Evicted) : FamilyStarted;

    /// <summary>The user's generation has moved since it was read: the password may have changed meanwhile. Nothing written.</summary>
    public sealed record GenerationMoved : FamilyStarted;

    /// <summary>The cap is reached and the policy is to refuse. Nothing written.</summary>
    public sealed record LimitReached : FamilyStarted;
}
