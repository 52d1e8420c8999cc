using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Identity;

/// <summary>What an application does to its users with Identity's own managers, and what of their tokens is left when it returns.</summary>
public sealed class IdentityRevocationTests : IDisposable
{
    private const string New = "An0ther-pot-of-tea";

    private static readonly Dictionary<string, Func<UserManager<IdentityUser>, IdentityUser, Task>> s_fatal = new(StringComparer.Ordinal)
    {
        ["a password change"] = (users, user) => DoAsync(users.ChangePasswordAsync(user, IdentityHost.Password, New)),
        ["a password reset"] = async (users, user) => await DoAsync(users.ResetPasswordAsync(user, await users.GeneratePasswordResetTokenAsync(user), New)),
        ["a password that is taken away"] = (users, user) => DoAsync(users.RemovePasswordAsync(user)),
        ["a lock-out for ever"] = (users, user) => DoAsync(users.SetLockoutEndDateAsync(user, DateTimeOffset.MaxValue)),
        ["a lock-out for a minute by an administrator"] = (users, user) => DoAsync(users.SetLockoutEndDateAsync(user, Now.AddMinutes(1))),
        ["a lock-out by an administrator of who is locked by failures"] = async (users, user) =>
        {
            await FailAsync(users, user, IdentityHost.MaxFailures);
            await DoAsync(users.SetLockoutEndDateAsync(user, Now.AddDays(1)));
        },
        ["a deletion"] = (users, user) => DoAsync(users.DeleteAsync(user)),
        ["a second factor that is switched off"] = async (users, user) =>
        {
            await EnrolAsync(users, user);
            await DoAsync(users.SetTwoFactorEnabledAsync(user, false));
        },
        ["a second factor that is reset"] = async (users, user) =>
        {
            await EnrolAsync(users, user);
            await DoAsync(users.ResetAuthenticatorKeyAsync(user));
        },
    };

    private static readonly Dictionary<string, Func<UserManager<IdentityUser>, IdentityUser, Task>> s_harmless = new(StringComparer.Ordinal)
    {
        ["a confirmed e-mail address"] = async (users, user) => await DoAsync(users.ConfirmEmailAsync(user, await users.GenerateEmailConfirmationTokenAsync(user))),
        ["one failed attempt"] = (users, user) => FailAsync(users, user, 1),
        ["the lock-out after failed attempts"] = (users, user) => FailAsync(users, user, IdentityHost.MaxFailures),
        ["a change while locked by failed attempts"] = async (users, user) =>
        {
            await FailAsync(users, user, IdentityHost.MaxFailures);
            await DoAsync(users.SetPhoneNumberAsync(user, "123"));
        },
        ["failed attempts that are forgiven"] = async (users, user) =>
        {
            await FailAsync(users, user, 1);
            await DoAsync(users.ResetAccessFailedCountAsync(user));
        },
        ["a lock-out that is lifted"] = (users, user) => DoAsync(users.SetLockoutEndDateAsync(user, Now.AddMinutes(-1))),
        ["a second factor that is set up"] = EnrolAsync,
        ["recovery codes"] = (users, user) => users.GenerateNewTwoFactorRecoveryCodesAsync(user, 3),
        ["a telephone number"] = (users, user) => DoAsync(users.SetPhoneNumberAsync(user, "123")),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Fatal => [.. s_fatal.Keys];

    public static TheoryData<string> Harmless => [.. s_harmless.Keys];

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [MemberData(nameof(Fatal))]
    public async Task It_ends_everything_of_the_user_and_nothing_of_others(string happening)
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var (alice, bob) = (await LogInAsync(host, "alice"), await LogInAsync(host, "bob"));

        await host.ChangeAsync("alice", s_fatal[happening]);

        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(alice));
        Assert.False(await host.Client.IsRefreshableAsync(alice));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(bob));
        Assert.True(await host.Client.IsRefreshableAsync(bob));
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task It_ends_nothing(string happening)
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await LogInAsync(host, "alice");

        await host.ChangeAsync("alice", s_harmless[happening]);

        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(alice));
        Assert.True(await host.Client.IsRefreshableAsync(alice));
    }

    [Fact]
    public async Task Changed_roles_end_access_tokens_and_the_next_refresh_carries_the_new_ones()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await LogInAsync(host, "alice");

        await host.ChangeAsync("alice", (users, user) => DoAsync(users.AddToRoleAsync(user, "editor")));
        var afterAdding = await host.Client.GetMeAsync(alice);
        var editor = await host.Client.RefreshAsync(alice);
        await host.ChangeAsync("alice", (users, user) => DoAsync(users.RemoveFromRoleAsync(user, "editor")));
        var afterRemoving = await host.Client.GetMeAsync(editor);
        var plain = await host.Client.RefreshAsync(editor);

        Assert.Equal(HttpStatusCode.Unauthorized, afterAdding);
        Assert.Equal("editor", JwtText.Payload(editor.AccessToken).GetProperty("roles")[0].GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, afterRemoving);
        Assert.False(JwtText.Payload(plain.AccessToken).TryGetProperty("roles", out _));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("renamed")]
    public async Task A_role_that_goes_ends_the_access_tokens_of_its_holders(string fate)
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        await host.ChangeAsync("alice", (users, user) => DoAsync(users.AddToRoleAsync(user, "editor")));
        var (alice, bob) = (await LogInAsync(host, "alice"), await LogInAsync(host, "bob"));

        await host.InScopeAsync(async services =>
        {
            var roles = services.GetRequiredService<RoleManager<IdentityRole>>();
            var role = Assert.IsType<IdentityRole>(await roles.FindByNameAsync("editor"));
            await DoAsync(fate == "deleted" ? roles.DeleteAsync(role) : roles.SetRoleNameAsync(role, "author"));
            await (fate == "deleted" ? Task.CompletedTask : DoAsync(roles.UpdateAsync(role)));
        });

        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(alice));
        Assert.True(await host.Client.IsRefreshableAsync(alice));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(bob));
    }

    [Fact]
    public async Task A_hash_that_is_brought_up_to_date_at_login_is_no_new_password()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var first = await LogInAsync(host, "alice");
        var old = new PasswordHasher<IdentityUser>(Options.Create(new PasswordHasherOptions { IterationCount = IdentityHost.Iterations / 2 }))
            .HashPassword(new IdentityUser(), IdentityHost.Password);
        await host.InScopeAsync(services => services.GetRequiredService<AppUsers>().Users
            .Where(user => user.UserName == "alice").ExecuteUpdateAsync(user => user.SetProperty(u => u.PasswordHash, old)));

        var second = await LogInAsync(host, "alice");

        await host.ChangeAsync("alice", (_, user) => Task.Run(() => Assert.NotEqual(old, user.PasswordHash)));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(first));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(second));
        await host.ChangeAsync("alice", s_fatal["a password change"]);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(second));
    }

    [Fact]
    public async Task A_user_who_was_loaded_elsewhere_is_compared_with_the_database()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await LogInAsync(host, "alice");
        var loaded = new IdentityUser();
        await host.InScopeAsync(async services => loaded = await services.GetRequiredService<AppUsers>().Users.AsNoTracking().SingleAsync(user => user.UserName == "alice"));

        await host.InScopeAsync(async services =>
        {
            var directory = services.GetRequiredService<AppUsers>();
            loaded.PasswordHash = "another hash";
            directory.Update(loaded);
            await directory.SaveChangesAsync();
        });

        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(alice));
    }

    public void Dispose() => _folder.Dispose();

    private static Task<IssuedTokens> LogInAsync(IdentityHost host, string name) => host.Client.LogInAsync(name, IdentityHost.Password);

    private static async Task FailAsync(UserManager<IdentityUser> users, IdentityUser user, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await DoAsync(users.AccessFailedAsync(user));
        }

        Assert.Equal(times == IdentityHost.MaxFailures, await users.IsLockedOutAsync(user));
    }

    private static async Task EnrolAsync(UserManager<IdentityUser> users, IdentityUser user)
    {
        await DoAsync(users.ResetAuthenticatorKeyAsync(user));
        await DoAsync(users.SetTwoFactorEnabledAsync(user, true));
    }

    private static async Task DoAsync(Task<IdentityResult> change)
    {
        var result = await change;
        Assert.True(result.Succeeded, result.ToString());
    }
}
