using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task The_current_token_rotates_to_its_successor()
    {
        var family = await LogInAsync(new TestUser());
        Clock.Advance(TimeSpan.FromMinutes(5));
        var request = family.Present() with { SealKeyId = 2, IdempotencyHash = ulong.MaxValue, AgentHash = uint.MaxValue };

        var rotation = await RotateAsync(request);

        var successor = family with
        {
            Generation = 2,
            SealKeyId = 2,
            RotatedAt = Clock.Now,
            IdleEnd = Clock.Now + TimeSpan.FromMinutes(30),
            IdempotencyHash = ulong.MaxValue,
            AgentHash = uint.MaxValue,
        };
        Assert.Equal((RotationVerdict.Rotated, successor, family.Birth), (rotation.Verdict, rotation.Family, rotation.Generation));
        Assert.Equal(Clock.Now, rotation.Now);
        Assert.Empty(rotation.Entries);
        Assert.Equal(successor, Assert.Single(await Store.ListFamiliesAsync(family.Session.User, Nothing, Cancelled)));
    }

    [Fact]
    public async Task A_session_that_is_refreshed_in_time_lives_to_its_absolute_end_and_no_longer()
    {
        var family = await LogInAsync(new TestUser());
        var absoluteEnd = family.AbsoluteEnd;
        while (Clock.Now + TimeSpan.FromMinutes(29) < absoluteEnd)
        {
            Clock.Advance(TimeSpan.FromMinutes(29));
            var rotation = await RefreshAsync(family);
            Assert.Equal(RotationVerdict.Rotated, rotation.Verdict);
            family = Assert.IsType<TokenFamily>(rotation.Family);
        }

        Assert.Equal((absoluteEnd, absoluteEnd), (family.AbsoluteEnd, family.IdleEnd));
        Clock.Advance(absoluteEnd - Clock.Now);

        Assert.Equal(RotationVerdict.Expired, (await RefreshAsync(family)).Verdict);
        Assert.False(await IsAliveAsync(family));
    }

    [Fact]
    public async Task A_token_of_a_family_that_never_was_is_missing()
    {
        var family = await LogInAsync(new TestUser());
        var stranger = new TestUser().Start(family.Birth).ToFamily(Clock.Now);
        var sibling = family with { Session = new SessionId(family.Session.User, FamilyId.New()) };

        Assert.Equal((RotationVerdict.Missing, null), VerdictOf(await RefreshAsync(stranger)));
        Assert.Equal((RotationVerdict.Missing, null), VerdictOf(await RefreshAsync(sibling)));
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(family)).Verdict);
    }

    [Fact]
    public async Task A_family_below_the_floor_that_only_the_caller_knows_is_refused()
    {
        var family = await LogInAsync(new TestUser());
        var known = new Knowledge(new UserFloors(0, family.Birth + 1, 0), null);

        var refused = await Store.RotateAsync(family.Present(), known, Cancelled);

        Assert.Equal(RotationVerdict.BelowFloor, refused.Verdict);
        Assert.Empty(await Store.ListFamiliesAsync(family.Session.User, known, Cancelled));
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(family)).Verdict);
    }

    [Fact]
    public async Task A_rotation_carries_the_generation_the_caller_knows_and_writes_it_nowhere()
    {
        var family = await LogInAsync(new TestUser());
        var known = new Knowledge(new UserFloors(family.Birth + 7, 0, 0), null);

        var first = await Store.RotateAsync(family.Present(), known, Cancelled);
        var second = await RefreshAsync(Assert.IsType<TokenFamily>(first.Family));

        Assert.Equal(family.Birth + 7, first.Generation);
        Assert.Equal(family.Birth, second.Generation);
    }

    [Theory]
    [InlineData(nameof(RotationVerdict.WrongSecret))]
    [InlineData(nameof(RotationVerdict.Foreign))]
    [InlineData(nameof(RotationVerdict.WiderScope))]
    [InlineData(nameof(RotationVerdict.Forged))]
    public async Task A_refusal_writes_nothing_and_harms_nobody(string name)
    {
        var verdict = Enum.Parse<RotationVerdict>(name);
        var family = await LogInAsync(new TestUser());
        family = Assert.IsType<TokenFamily>((await RefreshAsync(family)).Family);
        var before = await Node.TailAsync();

        foreach (var request in Refused(family.Present(), verdict))
        {
            var refused = await RotateAsync(request);
            Assert.Equal(verdict, refused.Verdict);
            Assert.Empty(refused.Entries);
        }

        Assert.Equal(before, await Node.TailAsync());
        Assert.Equal(family, Assert.Single(await Store.ListFamiliesAsync(family.Session.User, Nothing, Cancelled)));
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(family)).Verdict);
    }

    [Fact]
    public async Task A_session_idle_for_too_long_is_expired()
    {
        var family = await LogInAsync(new TestUser());
        Clock.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromMilliseconds(1));
        family = Assert.IsType<TokenFamily>((await RefreshAsync(family)).Family);
        Clock.Advance(TimeSpan.FromMinutes(30));

        var rotation = await RefreshAsync(family);

        Assert.Equal(RotationVerdict.Expired, rotation.Verdict);
        Assert.Empty(rotation.Entries);
    }

    [Fact]
    public async Task Every_scope_that_was_granted_may_be_asked_for()
    {
        var family = await LogInAsync(new TestUser());

        var rotation = await RotateAsync(family.Present() with { Scope = Scope.Of(["notes:read"]) });

        Assert.Equal((RotationVerdict.Rotated, family.Grant.Scope), (rotation.Verdict, rotation.Family?.Grant.Scope));
    }

    [Fact]
    public async Task The_parent_gets_the_same_successor_within_the_concurrency_window()
    {
        var parent = await LogInAsync(new TestUser());
        var rotated = await RotateAsync(parent.Present() with { SealKeyId = 7 });
        Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));

        var replayed = await RotateAsync(parent.Present() with { SealKeyId = 8, AgentHash = 1 });

        Assert.Equal((RotationVerdict.ReplayedConcurrent, rotated.Family), (replayed.Verdict, replayed.Family));
        Assert.Empty(replayed.Entries);
    }

    [Fact]
    public async Task The_parent_with_its_idempotency_key_gets_the_same_successor_within_the_lost_response_window()
    {
        var parent = await LogInAsync(new TestUser());
        var request = parent.Present() with { IdempotencyHash = 0x8000_0000_0000_0001 };
        var rotated = await RotateAsync(request);
        Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));

        var replayed = await RotateAsync(request);

        Assert.Equal((RotationVerdict.ReplayedLost, rotated.Family), (replayed.Verdict, replayed.Family));
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(RotationVerdict.Reused, (await RotateAsync(request)).Verdict);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(11, 0)]
    [InlineData(11, 13)]
    public async Task The_parent_without_the_key_of_its_rotation_is_reuse_after_the_concurrency_window(ulong rotated, ulong replayed)
    {
        var parent = await LogInAsync(new TestUser());
        await RotateAsync(parent.Present() with { IdempotencyHash = rotated });
        Clock.Advance(TimeSpan.FromSeconds(30));

        var rotation = await RotateAsync(parent.Present() with { IdempotencyHash = replayed });

        Assert.Equal(RotationVerdict.Reused, rotation.Verdict);
        Assert.False(await IsAliveAsync(parent));
    }

    [Fact]
    public async Task A_concurrency_window_of_zero_makes_every_second_use_a_reuse()
    {
        var parent = await LogInAsync(new TestUser());
        var strict = parent.Present() with { Policy = TestUser.Policy with { ConcurrencyWindow = TimeSpan.Zero } };
        await RotateAsync(strict);

        var rotation = await RotateAsync(strict);

        Assert.Equal(RotationVerdict.Reused, rotation.Verdict);
    }

    [Fact]
    public async Task A_clock_set_back_leaves_the_window_open()
    {
        var parent = await LogInAsync(new TestUser());
        await RefreshAsync(parent);
        Clock.Jump(TimeSpan.FromMinutes(-5));

        var replayed = await RefreshAsync(parent);

        Assert.Equal(RotationVerdict.ReplayedConcurrent, replayed.Verdict);
    }

    [Fact]
    public async Task An_ancestor_is_reuse_even_within_the_window_and_kills_its_family_alone()
    {
        var user = new TestUser();
        var first = await LogInAsync(user);
        var otherDevice = await LogInAsync(user);
        var second = Assert.IsType<TokenFamily>((await RefreshAsync(first)).Family);
        var third = Assert.IsType<TokenFamily>((await RefreshAsync(second)).Family);
        var before = await Node.TailAsync();

        var reuse = await RefreshAsync(first);

        Assert.Equal((RotationVerdict.Reused, third), (reuse.Verdict, reuse.Family));
        var entry = Assert.IsType<RevocationEntry.Family>(Assert.Single(reuse.Entries));
        Assert.Equal((first.Session, RevocationReason.RefreshTokenReused), (entry.Session, entry.Reason));
        Assert.Equal(reuse.Entries, (await Node.ReadAsync(before)).Entries);
        Assert.Equal(RotationVerdict.Missing, (await RefreshAsync(third)).Verdict);
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(otherDevice)).Verdict);
    }

    [Fact]
    public async Task Reuse_with_scope_user_kills_everything_of_the_user()
    {
        var user = new TestUser();
        var first = await LogInAsync(user);
        var otherDevice = await LogInAsync(user);
        var bystander = await LogInAsync(new TestUser());
        var second = Assert.IsType<TokenFamily>((await RefreshAsync(first)).Family);
        await RefreshAsync(second);
        var before = await Node.TailAsync();

        var reuse = await RotateAsync(first.Present() with { Policy = TestUser.Policy with { ReuseScope = ReuseScope.User } });

        var entry = Assert.IsType<RevocationEntry.User>(Assert.Single(reuse.Entries));
        Assert.Equal((RotationVerdict.Reused, user.Subject, user.Key), (reuse.Verdict, entry.Subject, entry.UserKey));
        Assert.Equal(UserFloors.All(entry.Floors.Generation), entry.Floors);
        Assert.Equal(entry.Floors, await FloorsOfAsync(user));
        Assert.Equal(reuse.Entries, (await Node.ReadAsync(before)).Entries);
        Assert.True(entry.Floors.Floor > otherDevice.Birth);
        Assert.NotEqual(RotationVerdict.Rotated, (await RefreshAsync(otherDevice)).Verdict);
        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(bystander)).Verdict);
    }

    [Theory]
    [InlineData(1, nameof(RotationVerdict.RolledBack))]
    [InlineData(100, nameof(RotationVerdict.RolledBack))]
    [InlineData(101, nameof(RotationVerdict.Forged))]
    public async Task A_token_ahead_of_the_store_continues_the_family_up_to_100_lost_rotations(uint ahead, string name)
    {
        var verdict = Enum.Parse<RotationVerdict>(name);
        var family = await LogInAsync(new TestUser());
        var request = family.Present() with { Generation = family.Generation + ahead };

        var rotation = await RotateAsync(request);

        Assert.Equal(verdict, rotation.Verdict);
        Assert.Equal(verdict == RotationVerdict.RolledBack ? request.Generation + 1 : family.Generation, rotation.Family?.Generation);
        Assert.Equal(rotation.Family, Assert.Single(await Store.ListFamiliesAsync(family.Session.User, Nothing, Cancelled)));
    }

    private static (RotationVerdict Verdict, TokenFamily? Family) VerdictOf(Rotation rotation) => (rotation.Verdict, rotation.Family);

    private static IEnumerable<RotationRequest> Refused(RotationRequest good, RotationVerdict verdict) => verdict switch
    {
        RotationVerdict.WrongSecret => [good with { SecretHash = good.SecretHash ^ 1 }, good with { SecretHash = FamilySecret.New().Hash() }],
        RotationVerdict.Foreign => [good with { ClientId = "other" }, good with { ClientId = "SPA" }, good with { Binding = "thumbprint" }],
        RotationVerdict.WiderScope => [good with { Scope = Scope.Of(["notes:read", "admin"]) }, good with { Scope = Scope.Of(["notes:rea"]) }],
        RotationVerdict.Forged => [good with { Generation = good.Generation + 101 }, good with { Generation = uint.MaxValue }],
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };
}
