using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    private const int Rounds = 200;

    [Fact]
    public async Task Fifty_parallel_refreshes_of_one_token_on_two_nodes_get_one_successor()
    {
        var other = await OpenAnotherAsync();
        for (var round = 0; round < 10; round++)
        {
            var family = await LogInAsync(new TestUser());

            var rotations = await Task.WhenAll(Enumerable.Range(0, 50).Select(i =>
                (i % 2 == 0 ? Store : other.Store).RotateAsync(family.Present() with { SealKeyId = (byte)i, AgentHash = (uint)i }, Nothing, Cancelled)));

            Assert.Single(rotations, rotation => rotation.Verdict == RotationVerdict.Rotated);
            Assert.Equal(49, rotations.Count(rotation => rotation.Verdict == RotationVerdict.ReplayedConcurrent));
            var successor = Assert.Single(rotations.Select(rotation => rotation.Family).Distinct());
            Assert.Equal(2u, successor?.Generation);
            Assert.Equal(successor, Assert.Single(await Store.ListFamiliesAsync(family.Session.User, Nothing, Cancelled)));
        }
    }

    [Fact]
    public async Task A_spent_token_presented_many_times_at_once_is_one_incident()
    {
        var first = await LogInAsync(new TestUser());
        var second = Assert.IsType<TokenFamily>((await RefreshAsync(first)).Family);
        await RefreshAsync(second);
        var before = await Node.TailAsync();

        var rotations = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(first)));

        Assert.Single(rotations, rotation => rotation.Verdict == RotationVerdict.Reused);
        Assert.Equal(19, rotations.Count(rotation => rotation.Verdict == RotationVerdict.Missing));
        Assert.Single((await Node.ReadAsync(before)).Entries);
    }

    [Fact]
    public async Task No_token_outlives_a_logout_that_races_with_its_refresh()
    {
        var other = await OpenAnotherAsync();
        var refreshedFirst = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var family = await LogInAsync(new TestUser());

            var refreshing = Task.Run(() => RefreshAsync(family));
            var loggingOut = Task.Run(() => other.Store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled));
            var rotation = await refreshing;
            var killed = await loggingOut;

            Assert.Equal(1, killed.Sessions);
            Assert.Contains(rotation.Verdict, new[] { RotationVerdict.Rotated, RotationVerdict.Missing });
            Assert.NotEqual(RotationVerdict.Rotated, (await RefreshAsync(rotation.Family ?? family)).Verdict);
            Assert.False(await IsAliveAsync(family));
            refreshedFirst += rotation.Verdict == RotationVerdict.Rotated ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{refreshedFirst} of {Rounds} refreshes came first.");
    }

    [Fact]
    public async Task No_session_outlives_a_kill_of_its_user_that_races_with_refresh_and_login()
    {
        var other = await OpenAnotherAsync();
        for (var round = 0; round < Rounds / 4; round++)
        {
            var user = new TestUser();
            var family = await LogInAsync(user);
            var login = await NewStartAsync(user);

            var refreshing = Task.Run(() => RefreshAsync(family));
            var loggingIn = Task.Run(() => Store.StartFamilyAsync(login, Nothing, Cancelled));
            var killing = Task.Run(() => other.Store.RevokeUserAsync(
                user.Key, user.Subject, KillReach.Everything, RevocationReason.PasswordChanged, Nothing, Cancelled));
            var rotation = await refreshing;
            await loggingIn;
            var killed = await killing;

            Assert.Empty(await ListAsync(user));
            Assert.NotEqual(RotationVerdict.Rotated, (await RefreshAsync(rotation.Family ?? family)).Verdict);
            var floors = Assert.IsType<RevocationEntry.User>(Assert.Single(killed.Entries)).Floors;
            Assert.True(rotation.Verdict != RotationVerdict.Rotated || rotation.Generation < floors.Generation);
        }
    }

    [Fact]
    public async Task Parallel_kills_of_one_user_on_two_nodes_each_raise_the_generation()
    {
        var user = new TestUser();
        var other = await OpenAnotherAsync();
        var before = await Node.TailAsync();

        var killed = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? Store : other.Store).RevokeUserAsync(
            user.Key, user.Subject, KillReach.Everything, RevocationReason.Administrator, Nothing, Cancelled)));

        var raised = killed.Select(kill => Assert.IsType<RevocationEntry.User>(Assert.Single(kill.Entries)).Floors.Generation).Order().ToList();
        Assert.Equal(raised.Distinct(), raised);
        Assert.Equal(raised[^1], (await FloorsOfAsync(user)).Generation);
        Assert.Equal(raised, (await Node.ReadAsync(before)).Entries.Cast<RevocationEntry.User>().Select(entry => entry.Floors.Generation));
    }
}
