using Microsoft.EntityFrameworkCore;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public abstract class UserDeletionTests
{
    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task Nothing_of_a_deleted_user_is_left_and_nobody_gets_the_id_again()
    {
        await using var directory = await StartAsync();
        await directory.LogInFromAsync("192.0.2.10", "alice", DirectoryUnderTest.AlicesPassword);
        var alice = await directory.FindAsync("alice");
        var admin = await directory.FindAsync("admin");

        var deleted = await directory.Administration.DeleteAsync(alice, CancellationToken.None);
        var again = await directory.Administration.DeleteAsync(alice, CancellationToken.None);
        await directory.StartAgainAsync();

        Assert.Equal(alice, Assert.IsType<UserChange.Settled>(deleted).User.Id);
        Assert.IsType<UserChange.Unknown>(again);
        Assert.Null(await directory.Users.LoadAsync(alice, CancellationToken.None));
        Assert.Null(await directory.Administration.FindAsync(alice, CancellationToken.None));
        Assert.Equal(0, await directory.QueryAsync(context => context.LoginPools.CountAsync(pool => pool.UserId == alice.Value)));

        // The configuration seeds the name anew: another user.
        Assert.NotEqual(alice, await directory.FindAsync("alice"));
        Assert.Equal(admin, await directory.FindAsync("admin"));
    }
}
