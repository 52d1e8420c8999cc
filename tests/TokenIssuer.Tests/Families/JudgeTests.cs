using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

/// <summary>The verdict table, row by row.</summary>
public sealed class JudgeTests
{
    private static readonly DateTimeOffset s_now = Sample.Rotation + TimeSpan.FromSeconds(10);

    [Fact]
    public void A_missing_family_is_missing()
    {
        var judgement = TokenFamily.Judge(null, Sample.Floors, Sample.Request, s_now);

        Assert.Equal(new Judgement(RotationVerdict.Missing, null), judgement);
    }

    [Theory]
    [InlineData(999, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void A_family_born_below_the_floor_is_dead(long floor, bool isAlive)
    {
        var floors = Sample.Floors with { Floor = floor };

        var judgement = TokenFamily.Judge(Sample.Family, floors, Sample.Request, s_now);

        Assert.Equal(isAlive ? RotationVerdict.Rotated : RotationVerdict.BelowFloor, judgement.Verdict);
        Assert.Equal(isAlive, Sample.Family.IsAlive(floors, s_now));
    }

    [Fact]
    public void A_raised_generation_alone_kills_no_family()
    {
        var floors = new UserFloors(Generation: 5000, Floor: 1000, ApiFloor: 5000);

        var judgement = TokenFamily.Judge(Sample.Family, floors, Sample.Request, s_now);

        Assert.Equal(RotationVerdict.Rotated, judgement.Verdict);
    }

    [Fact]
    public void A_wrong_family_secret_is_refused_and_nothing_written()
    {
        var judgement = Judge(Sample.Request with { SecretHash = Sample.SecretHash + 1 });

        Assert.Equal(RotationVerdict.WrongSecret, judgement.Verdict);
        Assert.Same(Sample.Family, judgement.Family);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void The_idle_end_is_the_first_dead_moment(int ticksFromEnd, bool isAlive)
    {
        var judgement = Judge(Sample.Request, Sample.Family.IdleEnd + TimeSpan.FromTicks(ticksFromEnd));

        Assert.Equal(isAlive ? RotationVerdict.Rotated : RotationVerdict.Expired, judgement.Verdict);
        Assert.Equal(isAlive, Sample.Family.IsAlive(Sample.Floors, Sample.Family.IdleEnd + TimeSpan.FromTicks(ticksFromEnd)));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    public void The_absolute_end_is_the_first_dead_moment(int ticksFromEnd, bool isAlive)
    {
        var family = Sample.Family with { IdleEnd = DateTimeOffset.MaxValue };

        var judgement = TokenFamily.Judge(family, Sample.Floors, Sample.Request, family.AbsoluteEnd + TimeSpan.FromTicks(ticksFromEnd));

        Assert.Equal(isAlive ? RotationVerdict.Rotated : RotationVerdict.Expired, judgement.Verdict);
    }

    [Theory]
    [InlineData("spa", null, true)]
    [InlineData("other", null, false)]
    [InlineData("SPA", null, false)]
    [InlineData("", null, false)]
    [InlineData("spa", "thumbprint", false)]
    public void Another_client_or_binding_is_foreign_and_harms_nobody(string clientId, string? binding, bool isOwn)
    {
        var judgement = Judge(Sample.Request with { ClientId = clientId, Binding = binding });

        Assert.Equal(isOwn ? RotationVerdict.Rotated : RotationVerdict.Foreign, judgement.Verdict);
        Assert.Equal(isOwn, judgement.Family != Sample.Family);
    }

    [Fact]
    public void A_bound_family_wants_its_binding()
    {
        var bound = Sample.Family with { Grant = Sample.Family.Grant with { Binding = "thumbprint" } };

        Assert.Equal(RotationVerdict.Foreign, TokenFamily.Judge(bound, Sample.Floors, Sample.Request, s_now).Verdict);
        Assert.Equal(
            RotationVerdict.Rotated,
            TokenFamily.Judge(bound, Sample.Floors, Sample.Request with { Binding = "thumbprint" }, s_now).Verdict);
    }

    [Fact]
    public void A_foreign_client_with_a_spent_token_kills_nobody()
    {
        var judgement = Judge(Sample.Request with { ClientId = "other", Generation = 1 });

        Assert.Equal(RotationVerdict.Foreign, judgement.Verdict);
        Assert.Same(Sample.Family, judgement.Family);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("notes:read", true)]
    [InlineData("notes:write notes:read", true)]
    [InlineData("notes:read admin", false)]
    [InlineData("NOTES:READ", false)]
    public void A_scope_may_narrow_and_never_widen(string scope, bool isGranted)
    {
        Assert.True(Scope.TryParse(scope, out var asked));

        var judgement = Judge(Sample.Request with { Scope = asked });

        Assert.Equal(isGranted ? RotationVerdict.Rotated : RotationVerdict.WiderScope, judgement.Verdict);
        Assert.Equal(Sample.Family.Grant, judgement.Family?.Grant);
    }

    [Fact]
    public void The_current_token_rotates()
    {
        var judgement = Judge(Sample.Request);

        var expected = Sample.Family with
        {
            Generation = 8,
            SealKeyId = 2,
            RotatedAt = s_now,
            IdleEnd = s_now + Sample.Policy.IdleTimeout,
            IdempotencyHash = 88,
            AgentHash = 6,
        };
        Assert.Equal(new Judgement(RotationVerdict.Rotated, expected), judgement);
    }

    [Fact]
    public void The_idle_end_stops_at_the_absolute_end()
    {
        var family = Sample.Family with { AbsoluteEnd = s_now + TimeSpan.FromMinutes(1) };

        var judgement = TokenFamily.Judge(family, Sample.Floors, Sample.Request, s_now);

        Assert.Equal(family.AbsoluteEnd, judgement.Family?.IdleEnd);
        Assert.Equal(family.AbsoluteEnd, judgement.Family?.AbsoluteEnd);
    }

    [Theory]
    [InlineData(0, Name.Concurrent)]
    [InlineData(29.999, Name.Concurrent)]
    [InlineData(30, Name.Reused)]
    [InlineData(-3600, Name.Concurrent)]
    public void The_direct_predecessor_replays_within_the_concurrency_window(double seconds, string expected)
    {
        var judgement = Judge(Sample.Request with { Generation = 6 }, Sample.Rotation + TimeSpan.FromSeconds(seconds));

        Assert.Equal(expected, judgement.Verdict.ToString());
        Assert.Same(Sample.Family, judgement.Family);
    }

    [Theory]
    [InlineData(30, 77, Name.Lost)]
    [InlineData(599.999, 77, Name.Lost)]
    [InlineData(600, 77, Name.Reused)]
    [InlineData(31, 78, Name.Reused)]
    [InlineData(31, 0, Name.Reused)]
    public void The_direct_predecessor_replays_within_the_lost_response_window_with_the_same_key(double seconds, int hash, string expected)
    {
        var request = Sample.Request with { Generation = 6, IdempotencyHash = (ulong)hash };

        var judgement = Judge(request, Sample.Rotation + TimeSpan.FromSeconds(seconds));

        Assert.Equal(expected, judgement.Verdict.ToString());
        Assert.Same(Sample.Family, judgement.Family);
    }

    [Fact]
    public void Two_requests_without_an_idempotency_key_are_not_the_same_request()
    {
        var family = Sample.Family with { IdempotencyHash = 0 };
        var request = Sample.Request with { Generation = 6, IdempotencyHash = 0 };

        var judgement = TokenFamily.Judge(family, Sample.Floors, request, Sample.Rotation + TimeSpan.FromSeconds(31));

        Assert.Equal(RotationVerdict.Reused, judgement.Verdict);
    }

    [Theory]
    [InlineData(0, 77)]
    [InlineData(0, 88)]
    [InlineData(-1, 77)]
    public void A_window_of_zero_is_strict(double seconds, int hash)
    {
        var strict = Sample.Policy with { ConcurrencyWindow = TimeSpan.Zero, LostResponseWindow = TimeSpan.Zero };
        var request = Sample.Request with { Generation = 6, IdempotencyHash = (ulong)hash, Policy = strict };

        var judgement = Judge(request, Sample.Rotation + TimeSpan.FromSeconds(seconds));

        Assert.Equal(RotationVerdict.Reused, judgement.Verdict);
    }

    [Theory]
    [InlineData(5u)]
    [InlineData(1u)]
    [InlineData(0u)]
    public void An_older_token_is_a_reuse_whatever_the_windows(uint generation)
    {
        var request = Sample.Request with { Generation = generation, IdempotencyHash = 77 };

        var judgement = Judge(request, Sample.Rotation);

        Assert.Equal(RotationVerdict.Reused, judgement.Verdict);
        Assert.Same(Sample.Family, judgement.Family);
    }

    [Theory]
    [InlineData(8u, true)]
    [InlineData(107u, true)]
    [InlineData(108u, false)]
    [InlineData(uint.MaxValue, false)]
    public void A_token_ahead_of_the_store_continues_up_to_a_hundred_rotations(uint generation, bool continues)
    {
        var judgement = Judge(Sample.Request with { Generation = generation });

        Assert.Equal(continues ? RotationVerdict.RolledBack : RotationVerdict.Forged, judgement.Verdict);
        Assert.Equal(continues ? generation + 1 : 7u, judgement.Family?.Generation);
    }

    [Fact]
    public void Before_the_first_rotation_there_is_no_predecessor_to_replay()
    {
        var fresh = Sample.Family with { Generation = TokenFamily.FirstGeneration, RotatedAt = Sample.Login };

        var judgement = TokenFamily.Judge(fresh, Sample.Floors, Sample.Request with { Generation = 1 }, Sample.Login);

        Assert.Equal((RotationVerdict.Rotated, 2u), (judgement.Verdict, judgement.Family?.Generation));
    }

    private static Judgement Judge(RotationRequest request) => Judge(request, s_now);

    private static Judgement Judge(RotationRequest request, DateTimeOffset now)
        => TokenFamily.Judge(Sample.Family, Sample.Floors, request, now);

    private static class Name
    {
        public const string Concurrent = nameof(RotationVerdict.ReplayedConcurrent);
        public const string Lost = nameof(RotationVerdict.ReplayedLost);
        public const string Reused = nameof(RotationVerdict.Reused);
    }
}
