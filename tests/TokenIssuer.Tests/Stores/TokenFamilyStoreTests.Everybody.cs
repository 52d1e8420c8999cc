using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

/// <content>Killing everybody.</content>
public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task Killing_everybody_ends_every_session_and_new_logins_live()
    {
        TestUser[] users = [new(), new()];
        TokenFamily[] families = [await LogInAsync(users[0]), await LogInAsync(users[1])];
        var before = await Node.TailAsync();

        var killed = await Store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);

        var entry = Assert.Single(killed.Entries.OfType<RevocationEntry.All>().DistinctBy(all => all.MinGeneration));
        Assert.Equal(2, killed.Sessions);
        Assert.Equal(RevocationReason.Administrator, entry.Reason);
        Assert.Equal(UserFloors.All(entry.MinGeneration), await FloorsOfAsync(users[0]));
        Assert.Contains(entry.MinGeneration, (await Node.ReadAsync(before)).Entries.OfType<RevocationEntry.All>().Select(all => all.MinGeneration));
        Assert.Equal(RotationVerdict.BelowFloor, (await RefreshAsync(families[0])).Verdict);
        Assert.Equal(RotationVerdict.BelowFloor, (await RefreshAsync(families[1])).Verdict);
        Assert.Equal(entry.MinGeneration, (await LogInAsync(users[0])).Birth);
        Assert.Single(await ListAsync(users[0]));
    }

    [Fact]
    public async Task Killing_everybody_raises_above_everything_known_for_anyone()
    {
        var killedUser = new TestUser();
        var all = (await FloorsOfAsync(new TestUser())).Generation;

        var aboveAll = await RaiseAllAsync(highestKnown: 0);
        await Store.RevokeUserAsync(
            killedUser.Key, killedUser.Subject, KillReach.Everything, RevocationReason.Administrator,
            new Knowledge(UserFloors.All(aboveAll + 5_000_000), null), Cancelled);
        var aboveUser = await RaiseAllAsync(highestKnown: 0);
        var aboveCaller = await RaiseAllAsync(highestKnown: aboveUser + 7_000_000);

        Assert.Equal(all + 1_000, aboveAll);
        Assert.Equal(aboveAll + 5_000_001 + 1_000, aboveUser);
        Assert.Equal(aboveUser + 7_000_000 + 1_000, aboveCaller);
    }

    [Fact]
    public async Task Killing_everybody_again_and_again_ends_those_who_came_between_and_stays_near_its_time()
    {
        Clock.Advance(TimeSpan.FromHours(1));
        var now = Clock.Now.ToUnixTimeMilliseconds();

        var first = await RaiseAllAsync(highestKnown: 0);
        var between = await LogInAsync(new TestUser());
        var second = await RaiseAllAsync(highestKnown: first);

        Assert.Equal((now + 600_000, now + 601_000), (first, second));
        Assert.Equal(RotationVerdict.BelowFloor, (await RefreshAsync(between)).Verdict);
    }

    private async Task<long> RaiseAllAsync(long highestKnown)
    {
        var killed = await Store.RevokeAllAsync(RevocationReason.Administrator, highestKnown, Cancelled);
        return Assert.Single(killed.Entries.OfType<RevocationEntry.All>().DistinctBy(all => all.MinGeneration)).MinGeneration;
    }
}
