using TokenIssuer.Families;

namespace TokenIssuer.Tests.Stores;

/// <summary>A user of one test: nobody else's records are in its way.</summary>
internal sealed class TestUser
{
    public static readonly RotationPolicy Policy = new(
        IdleTimeout: TimeSpan.FromMinutes(30),
        ConcurrencyWindow: TimeSpan.FromSeconds(30),
        LostResponseWindow: TimeSpan.FromMinutes(10),
        ReuseScope.Family);

    public TestUser(string? name = null)
    {
        Subject = new Subject(name ?? $"user-{FamilyId.New()}");
        Key = UserKey.Of("https://issuer.example", Subject);
    }

    public Subject Subject { get; }

    public UserKey Key { get; }

    /// <summary>A login that read <paramref name="generation"/> before the password was verified.</summary>
    public FamilyStart Start(long generation) => new(
        new SessionId(Key, FamilyId.New()),
        new FamilyGrant(Subject, OAuthClient.SpaClientId, Scope.Of(["notes:read", "notes:write"]), "pwd otp"),
        new SessionOrigin("Kitchen tablet", "Chrome 141 · Windows", "192.0.2.0/24"),
        generation,
        FamilySecret.New().Hash(),
        SealKeyId: 1,
        AgentHash: 0xCAFE_F00D,
        IdleTimeout: TimeSpan.FromMinutes(30),
        AbsoluteLifetime: TimeSpan.FromHours(12),
        MaxSessions: 10,
        SessionLimitPolicy.EvictOldest);
}

internal static class Presentation
{
    /// <summary>The refresh token that is current after <paramref name="family"/> was answered, presented by its owner.</summary>
    public static RotationRequest Present(this TokenFamily family) => new(
        family.Session, family.Generation, family.SecretHash, family.Grant.ClientId, family.Grant.Binding, Scope.None,
        IdempotencyHash: 0, family.AgentHash, family.SealKeyId, TestUser.Policy);
}
