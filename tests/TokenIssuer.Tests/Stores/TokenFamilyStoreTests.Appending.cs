using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task A_single_token_and_a_key_are_logged_until_nothing_of_them_can_live()
    {
        var before = await Node.TailAsync();

        var killed = await Store.AppendAsync(
            [Token("jti-1"), new RevocationEntry.Key("kid-1", RevocationReason.KeyRetired, DateTimeOffset.MinValue)], Cancelled);

        var until = Clock.Now + new TokenIssuerOptions().Retention;
        Assert.Equal(2, killed.Entries.Count);
        Assert.Equal(("jti-1", RevocationReason.ClientRevoked, until), killed.Entries[0] is RevocationEntry.Token token ? (token.Jti, token.Reason, token.Until) : default);
        Assert.Equal(("kid-1", RevocationReason.KeyRetired, until), killed.Entries[1] is RevocationEntry.Key key ? (key.KeyId, key.Reason, key.Until) : default);
        Assert.Equal(killed.Entries, (await Node.ReadAsync(before)).Entries);
    }

    [Fact]
    public async Task An_entry_that_is_in_effect_is_not_written_again()
    {
        var user = new TestUser();
        var family = await Store.RevokeFamilyAsync(new SessionId(user.Key, FamilyId.New()), RevocationReason.Logout, Cancelled);
        var raised = await KillAsync(user, KillReach.Everything);
        var single = await Store.AppendAsync([Token("jti-2")], Cancelled);
        var all = (await Node.ReadAsync(null)).Entries.OfType<RevocationEntry.All>();
        var before = await Node.TailAsync();
        Clock.Advance(TimeSpan.FromSeconds(5));

        var again = await Store.AppendAsync([.. family.Entries, .. raised.Entries, .. single.Entries, .. all, Token("jti-2")], Cancelled);

        Assert.Empty(again.Entries);
        Assert.Equal(before, await Node.TailAsync());
    }

    [Fact]
    public async Task What_a_store_has_lost_is_asserted_again_and_applied()
    {
        var user = new TestUser();
        var (lostFamily, lostUser) = (await LogInAsync(new TestUser()), await LogInAsync(user));
        var floors = UserFloors.All(lostUser.Birth + 9);
        var until = Clock.Now + TimeSpan.FromMinutes(3);
        var before = await Node.TailAsync();
        RevocationEntry[] held =
        [
            new RevocationEntry.Family(lostFamily.Session, RevocationReason.Logout, until),
            new RevocationEntry.User(user.Key, user.Subject, floors, RevocationReason.PasswordChanged, until),
        ];

        var killed = await Store.AppendAsync(held, Cancelled);

        Assert.Equal(held, killed.Entries.Select(entry => entry with { Id = string.Empty }));
        Assert.Equal(killed.Entries.ToHashSet(), (await Node.ReadAsync(before)).Entries.ToHashSet());
        Assert.Equal(2, killed.Sessions);
        Assert.Equal(floors, await FloorsOfAsync(user));
        Assert.NotEqual(RotationVerdict.Rotated, (await RefreshAsync(lostFamily)).Verdict);
        Assert.NotEqual(RotationVerdict.Rotated, (await RefreshAsync(lostUser)).Verdict);
    }

    [Fact]
    public async Task Floors_asserted_again_merge_by_maximum()
    {
        var user = new TestUser();
        var family = await LogInAsync(user);
        var raised = Assert.IsType<RevocationEntry.User>(Assert.Single((await KillAsync(user, KillReach.AccessTokens)).Entries));
        var held = raised with { Floors = new UserFloors(raised.Floors.Generation - 1, family.Birth, family.Birth + 4) };

        var killed = await Store.AppendAsync([held], Cancelled);

        var merged = raised.Floors.Max(held.Floors);
        Assert.Equal(merged, Assert.IsType<RevocationEntry.User>(Assert.Single(killed.Entries)).Floors);
        Assert.Equal(merged, await FloorsOfAsync(user));
        Assert.True(await IsAliveAsync(family));
    }

    [Fact]
    public async Task An_entry_held_longer_than_the_log_has_it_is_prolonged()
    {
        var logged = Assert.Single((await Store.AppendAsync([Token("jti-3")], Cancelled)).Entries);

        var prolonged = await Store.AppendAsync([logged with { Until = logged.Until + TimeSpan.FromMinutes(1) }], Cancelled);
        var shorter = await Store.AppendAsync([logged], Cancelled);

        Assert.Equal(logged.Until + TimeSpan.FromMinutes(1), Assert.Single(prolonged.Entries).Until);
        Assert.Empty(shorter.Entries);
    }

    [Fact]
    public async Task No_entry_is_kept_longer_than_any_token_it_could_forbid()
    {
        var longest = Clock.Now + new TokenIssuerOptions().Retention + TimeSpan.FromSeconds(90);

        var killed = await Store.AppendAsync([Token("jti-4") with { Until = longest + TimeSpan.FromDays(365) }], Cancelled);

        Assert.Equal(longest, Assert.Single(killed.Entries).Until);
    }

    [Fact]
    public async Task What_holds_for_everybody_is_asserted_again_as_it_was()
    {
        var family = await LogInAsync(new TestUser());
        var until = Clock.Now + TimeSpan.FromMinutes(20);
        var all = new RevocationEntry.All(family.Birth + 77, RevocationReason.StoreLoss, until);

        var killed = await Store.AppendAsync([all], Cancelled);
        var lower = await Store.AppendAsync([all with { MinGeneration = family.Birth + 76 }], Cancelled);

        Assert.Equal([all.MinGeneration], killed.Entries.Cast<RevocationEntry.All>().Select(entry => entry.MinGeneration).Distinct());
        Assert.Empty(lower.Entries);
        Assert.Equal(UserFloors.All(all.MinGeneration), await FloorsOfAsync(new TestUser()));
        Assert.Equal(RotationVerdict.BelowFloor, (await RefreshAsync(family)).Verdict);
        Assert.Contains(all.MinGeneration, (await Node.ReadAsync(null)).Entries.OfType<RevocationEntry.All>().Select(entry => entry.MinGeneration));
    }

    [Fact]
    public async Task Many_nodes_that_assert_the_same_at_once_write_it_once()
    {
        var other = await OpenAnotherAsync();
        var before = await Node.TailAsync();
        var until = Clock.Now + TimeSpan.FromMinutes(10);
        RevocationEntry[] held =
        [
            .. Enumerable.Range(0, 20).Select(i => new RevocationEntry.Token($"held-{i}", RevocationReason.ClientRevoked, until)),
        ];

        var killed = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? Store : other.Store).AppendAsync(held, Cancelled)));

        Assert.Equal(20, killed.Sum(part => part.Entries.Count));
        Assert.Equal(20, (await Node.ReadAsync(before)).Entries.Count);
    }
}
