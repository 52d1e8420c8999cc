using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

/// <summary>A living family and a request for its current token; tests change the one thing that they are about.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Login = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Rotation = Login + TimeSpan.FromMinutes(10);
    public static readonly UInt128 SecretHash = UInt128.MaxValue / 7;

    public static readonly RotationPolicy Policy = new(
        IdleTimeout: TimeSpan.FromMinutes(30),
        ConcurrencyWindow: TimeSpan.FromSeconds(30),
        LostResponseWindow: TimeSpan.FromMinutes(10),
        ReuseScope.Family);

    public static readonly SessionId Session = new(UserKey.Of("https://issuer.example", new Subject("alice")), new FamilyId(42));

    /// <summary>Token 7 is current, made at <see cref="Rotation"/> by a request with the idempotency hash 77.</summary>
    public static readonly TokenFamily Family = new(
        Session,
        new FamilyGrant(new Subject("alice"), "spa", Scope.Of(["notes:read", "notes:write"]), "pwd"),
        SessionOrigin.Unknown,
        Birth: 1000,
        SecretHash,
        Generation: 7,
        SealKeyId: 1,
        CreatedAt: Login,
        RotatedAt: Rotation,
        IdleEnd: Rotation + Policy.IdleTimeout,
        AbsoluteEnd: Login + TimeSpan.FromHours(12),
        IdempotencyHash: 77,
        AgentHash: 5);

    public static readonly RotationRequest Request = new(
        Session, Generation: 7, SecretHash, "spa", Binding: null, Scope.None, IdempotencyHash: 88, AgentHash: 6, SealKeyId: 2, Policy);

    public static readonly UserFloors Floors = new(Generation: 1000, Floor: 1000, ApiFloor: 0);
}
