using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

/// <summary>Random input of the verdict, drawn so that every row and every boundary of the table is met often.</summary>
internal sealed record JudgeCase(TokenFamily? Stored, UserFloors Floors, RotationRequest Request, DateTimeOffset Now)
{
    private static readonly string[] s_scopes = ["", "notes:read", "notes:read notes:write", "notes:write", "admin", "admin notes:read"];

    private static readonly Gen<TimeSpan> s_window = Seconds(0, 1, 30, 120);

    private static readonly Gen<RotationPolicy> s_policy =
        from idle in Seconds(1, 60, 1800, 100_000)
        from concurrency in s_window
        from lost in Seconds(0, 30, 600, 3600)
        select new RotationPolicy(idle, concurrency, lost, ReuseScope.Family);

    private static readonly Gen<TokenFamily> s_family =
        from generation in Gen.Elements(1u, 2u, 3u, 50u, 101u, 102u, 5000u)
        from birth in Gen.Choose(998, 1002)
        from scope in Gen.Elements(s_scopes)
        from binding in Gen.Frequency((4, Gen.Constant<string?>(null)), (1, Gen.Constant<string?>("key")))
        from rotated in Seconds(0, 1, 1800, 43_000)
        from idle in Seconds(1, 60, 1800)
        from idempotency in Gen.Elements(0UL, 77UL, 78UL)
        let absoluteEnd = Sample.Login + TimeSpan.FromHours(12)
        let rotatedAt = Sample.Login + rotated
        select Sample.Family with
        {
            Generation = generation,
            Birth = birth,
            Grant = Sample.Family.Grant with { Scope = ToScope(scope), Binding = binding },
            RotatedAt = rotatedAt,
            IdleEnd = rotatedAt + idle < absoluteEnd ? rotatedAt + idle : absoluteEnd,
            AbsoluteEnd = absoluteEnd,
            IdempotencyHash = idempotency,
        };

    private static readonly Gen<JudgeCase> s_any =
        from family in s_family
        from isMissing in Gen.Frequency((19, Gen.Constant(false)), (1, Gen.Constant(true)))
        from floor in Gen.Choose(997, 1002)
        from generation in GenerationNear(family.Generation)
        from secretOff in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Constant(1)))
        from clientId in Gen.Frequency((9, Gen.Constant("spa")), (1, Gen.Constant("other")))
        from binding in Gen.Frequency((9, Gen.Constant(family.Grant.Binding)), (1, Gen.Elements<string?>(null, "key")))
        from scope in Gen.Frequency((6, Gen.Constant("")), (4, Gen.Elements(s_scopes)))
        from idempotency in Gen.Elements(0UL, 77UL, 78UL)
        from policy in s_policy
        from now in TimeNear(family, policy)
        select new JudgeCase(
            isMissing ? null : family,
            new UserFloors(Math.Max(floor, 1000), floor, 0),
            Sample.Request with
            {
                Generation = generation,
                SecretHash = family.SecretHash + (UInt128)secretOff,
                ClientId = clientId,
                Binding = binding,
                Scope = ToScope(scope),
                IdempotencyHash = idempotency,
                Policy = policy,
            },
            now);

    public static Arbitrary<JudgeCase> Any { get; } = s_any.ToArbitrary();

    public Judgement Judge() => TokenFamily.Judge(Stored, Floors, Request, Now);

    private static Gen<TimeSpan> Seconds(params int[] choices) => Gen.Elements(choices).Select(seconds => TimeSpan.FromSeconds(seconds));

    private static Gen<uint> GenerationNear(uint current)
        => Gen.Frequency(
            (4, Gen.Constant(0L)),
            (4, Gen.Constant(-1L)),
            (2, Gen.Choose(-6000, -1).Select(delta => (long)delta)),
            (1, Gen.Elements(1L, 2L, 99L, 100L)),
            (1, Gen.Elements(101L, 102L, uint.MaxValue)))
        .Select(delta => (uint)Math.Clamp(current + delta, 0, uint.MaxValue));

    private static Gen<DateTimeOffset> TimeNear(TokenFamily family, RotationPolicy policy)
        => from anchor in Gen.Frequency(
               (5, Gen.Constant(family.RotatedAt)),
               (2, Gen.Constant(family.RotatedAt + policy.ConcurrencyWindow)),
               (2, Gen.Constant(family.RotatedAt + policy.LostResponseWindow)),
               (1, Gen.Constant(family.IdleEnd)),
               (1, Gen.Constant(family.AbsoluteEnd)),
               (1, Gen.Constant(family.RotatedAt - TimeSpan.FromHours(1))))
           from offset in Gen.Elements(-10_000_000L, -1L, 0L, 1L, 10_000_000L)
           select anchor + TimeSpan.FromTicks(offset);

    private static Scope ToScope(string text)
    {
        Assert.True(Scope.TryParse(text, out var scope));
        return scope;
    }
}
