using Microsoft.EntityFrameworkCore;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public abstract class UserAdministrationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task The_last_administrator_can_neither_be_disabled_nor_deleted_nor_lose_the_role()
    {
        await using var directory = await StartAsync();
        var admin = await directory.FindAsync("admin");

        var disabled = await directory.Administration.DisableAsync(admin, Cancelled);
        var deleted = await directory.Administration.DeleteAsync(admin, Cancelled);
        var stripped = await directory.Administration.SetRolesAsync(admin, ["editor"], Cancelled);

        Assert.IsType<UserChange.LastAdministrator>(disabled);
        Assert.IsType<UserChange.LastAdministrator>(deleted);
        Assert.IsType<UserChange.LastAdministrator>(stripped);
        var kept = Assert.IsType<UserAccount>(await directory.Administration.FindAsync(admin, Cancelled));
        Assert.Equal((false, "admin"), (kept.IsDisabled, Assert.Single(kept.Roles)));
        Assert.Empty(await directory.ReadRevocationsAsync(admin));
        Assert.Equal(0, await directory.CountOutboxAsync());
    }

    [Fact]
    public async Task With_another_administrator_the_first_may_go_and_a_disabled_one_does_not_count()
    {
        await using var directory = await StartAsync();
        var (alice, admin) = (await directory.FindAsync("alice"), await directory.FindAsync("admin"));
        await directory.Administration.SetRolesAsync(alice, ["admin"], Cancelled);

        var first = await directory.Administration.DisableAsync(admin, Cancelled);
        var second = await directory.Administration.DisableAsync(alice, Cancelled);
        await directory.Administration.EnableAsync(admin, Cancelled);
        var afterwards = await directory.Administration.DisableAsync(alice, Cancelled);

        Assert.IsType<UserChange.Settled>(first);
        Assert.IsType<UserChange.LastAdministrator>(second);
        Assert.IsType<UserChange.Settled>(afterwards);
    }

    [Fact]
    public async Task Of_two_administrators_who_disable_each_other_at_once_one_stays()
    {
        await using var directory = await StartAsync();
        var (alice, admin) = (await directory.FindAsync("alice"), await directory.FindAsync("admin"));
        await directory.Administration.SetRolesAsync(alice, ["admin"], Cancelled);

        for (var round = 0; round < 10; round++)
        {
            var changes = await Task.WhenAll(
                Task.Run(() => directory.Administration.DisableAsync(admin, Cancelled), Cancelled),
                Task.Run(() => directory.Administration.SetRolesAsync(alice, [], Cancelled), Cancelled));

            Assert.Single(changes, change => change is UserChange.Settled);
            Assert.Single(changes, change => change is UserChange.LastAdministrator);
            await directory.Administration.EnableAsync(admin, Cancelled);
            await directory.Administration.SetRolesAsync(alice, ["admin"], Cancelled);
        }
    }

    [Theory]
    [InlineData("ADMIN", "admin")]
    [InlineData("Admin", "aDmIn")]
    public async Task Roles_that_differ_in_case_are_one(params string[] asked)
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");

        var change = await directory.Administration.SetRolesAsync(alice, asked, Cancelled);

        Assert.Equal(["admin"], Assert.IsType<UserChange.Settled>(change).User.Roles);
        Assert.Equal(["admin"], Assert.IsType<UserClaims>(await directory.Users.LoadAsync(alice, Cancelled)).Roles);
        Assert.Equal(["admin"], await directory.QueryAsync(context => context.Roles.Select(role => role.Name).ToListAsync(Cancelled)));
    }

    [Fact]
    public async Task The_first_administrator_of_a_directory_has_the_role_of_the_contract_however_it_is_spelled()
    {
        await using var directory = await StartAsync(("Users:Seed:1:Roles:0", "Admin"), ("Users:Seed:1:Roles:1", "ADMIN"), ("Users:Seed:0:Roles:0", "Editor"));

        var (admin, alice) = (await directory.FindAsync("admin"), await directory.FindAsync("alice"));

        Assert.Equal(["admin"], Assert.IsType<UserClaims>(await directory.Users.LoadAsync(admin, Cancelled)).Roles);
        Assert.Equal(["Editor"], Assert.IsType<UserClaims>(await directory.Users.LoadAsync(alice, Cancelled)).Roles);
        Assert.IsType<UserChange.LastAdministrator>(await directory.Administration.DisableAsync(admin, Cancelled));
    }

    [Fact]
    public async Task A_role_without_a_name_is_refused()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");

        var change = await directory.Administration.SetRolesAsync(alice, ["editor", "  "], Cancelled);

        Assert.IsType<UserChange.Refused>(change);
        Assert.Empty(Assert.IsType<UserAccount>(await directory.Administration.FindAsync(alice, Cancelled)).Roles);
    }

    [Fact]
    public async Task Roles_that_stay_the_same_revoke_nothing_and_others_revoke_once()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        await directory.Administration.SetRolesAsync(alice, ["editor", "auditor"], Cancelled);
        var before = await directory.ReadRevocationsAsync(alice);

        var same = await directory.Administration.SetRolesAsync(alice, ["auditor", "EDITOR", "editor"], Cancelled);
        var after = await directory.ReadRevocationsAsync(alice);
        var other = await directory.Administration.SetRolesAsync(alice, ["editor", "reader"], Cancelled);

        Assert.Single(before);
        Assert.Equal(["auditor", "editor"], Assert.IsType<UserChange.Unchanged>(same).User.Roles);
        Assert.Equal(before, after);
        Assert.IsType<UserChange.Settled>(other);
        Assert.Equal(2, (await directory.ReadRevocationsAsync(alice)).Count);
    }

    [Fact]
    public async Task A_password_and_a_disabled_user_are_one_revocation_each_and_the_second_order_is_none()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");

        var changes = new[]
        {
            await directory.Administration.SetPasswordAsync(alice, "another pot of tea", Cancelled),
            await directory.Administration.DisableAsync(alice, Cancelled),
            await directory.Administration.DisableAsync(alice, Cancelled),
        };

        Assert.Equal(["Settled", "Settled", "Unchanged"], changes.Select(change => change.GetType().Name));
        Assert.Equal(
            [RevocationReason.PasswordChanged, RevocationReason.UserDisabled],
            (await directory.ReadRevocationsAsync(alice)).Select(entry => entry.Reason));
    }

    [Fact]
    public async Task While_the_token_store_is_down_a_change_is_not_settled_and_asking_again_does_not_make_it_look_so()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        await directory.ReadRevocationsAsync(alice);
        await using (await directory.LockTokenStoreAsync())
        {
            Assert.IsType<UserChange.Done>(await directory.Administration.SetRolesAsync(alice, ["editor"], Cancelled));
            await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => directory.Administration.SetRolesAsync(alice, ["editor"], Cancelled));
        }

        var again = await directory.Administration.SetRolesAsync(alice, ["editor"], Cancelled);

        Assert.IsType<UserChange.Unchanged>(again);
        Assert.Single(await directory.ReadRevocationsAsync(alice));
        Assert.Equal(0, await directory.CountOutboxAsync());
    }

    [Fact]
    public async Task Nobody_is_changed_who_is_not_there()
    {
        await using var directory = await StartAsync();
        var nobody = new Subject("nobody");

        Assert.IsType<UserChange.Unknown>(await directory.Administration.DisableAsync(nobody, Cancelled));
        Assert.IsType<UserChange.Unknown>(await directory.Administration.SetRolesAsync(nobody, ["editor"], Cancelled));
    }
}
