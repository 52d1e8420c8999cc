using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Server;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Identity;

public sealed class IdentitySignInTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("alice", IdentityHost.Password, HttpStatusCode.OK)]
    [InlineData("ALICE", IdentityHost.Password, HttpStatusCode.OK)]
    [InlineData("alice", "wrong", HttpStatusCode.Unauthorized)]
    [InlineData("nobody", IdentityHost.Password, HttpStatusCode.Unauthorized)]
    public async Task The_users_of_the_application_sign_in_with_their_passwords(string name, string password, HttpStatusCode expected)
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);

        using var response = await host.Client.TryLogInAsync(name, password);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_and_verified()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var code = string.Empty;
        await host.ChangeAsync("alice", async (users, user) =>
        {
            await users.ResetAuthenticatorKeyAsync(user);
            await users.SetTwoFactorEnabledAsync(user, true);
            code = Totp.CodeOf(await users.GetAuthenticatorKeyAsync(user));
        });

        var (without, errorWithout) = await TryAsync(host, null);
        var (wrong, errorWrong) = await TryAsync(host, code == "000000" ? "000001" : "000000");
        var (right, _) = await TryAsync(host, code);

        var (replayed, _) = await TryAsync(host, code);

        Assert.Equal(HttpStatusCode.Unauthorized, replayed);
        Assert.Equal((HttpStatusCode.Unauthorized, "mfa_required"), (without, errorWithout));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_credentials"), (wrong, errorWrong));
        Assert.Equal(HttpStatusCode.OK, right);
    }

    [Fact]
    public async Task A_second_factor_is_enrolled_by_its_user_and_taken_away_with_everything_that_was_minted()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);
        using var begun = await SendAsync(HttpMethod.Post, "/auth/totp", new { current_password = IdentityHost.Password });
        var secret = (await begun.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("secret").GetString();

        using var confirmed = await SendAsync(HttpMethod.Post, "/auth/totp/confirm", new { otp = Totp.CodeOf(secret) });

        Assert.Equal(HttpStatusCode.NoContent, confirmed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(alice));
        Assert.Equal("mfa_required", (await TryAsync(host, null)).Error);
        var next = Totp.CodeOf(secret, TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(30));
        using var removed = await SendAsync(HttpMethod.Delete, "/auth/totp", new { current_password = IdentityHost.Password, otp = next });
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(alice));
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(host, null)).Status);

        Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object body) => host.Client.SendAsync(method, path, alice, JsonContent.Create(body));
    }

    [Fact]
    public async Task Of_many_who_use_one_code_at_once_exactly_one_gets_in()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var users = host.Services.GetRequiredService<ICredentialVerifier>();
        var alice = await host.FindAsync("alice");
        var code = string.Empty;
        await host.ChangeAsync("alice", async (manager, user) =>
        {
            await manager.ResetAuthenticatorKeyAsync(user);
            await manager.SetTwoFactorEnabledAsync(user, true);
            code = Totp.CodeOf(await manager.GetAuthenticatorKeyAsync(user));
        });

        var verdicts = await Task.WhenAll(Enumerable.Range(0, IdentityHost.MaxFailures)
            .Select(_ => users.VerifyAsync(alice, new Credentials("alice", IdentityHost.Password, code), TestContext.Current.CancellationToken)));

        Assert.Single(verdicts, CredentialVerdict.Correct);
        Assert.Equal(IdentityHost.MaxFailures - 1, verdicts.Count(verdict => verdict == CredentialVerdict.Wrong));
    }

    [Fact]
    public async Task A_login_with_a_code_starts_the_count_of_failures_over()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        await host.ChangeAsync("alice", async (users, user) =>
        {
            await users.ResetAuthenticatorKeyAsync(user);
            await users.SetTwoFactorEnabledAsync(user, true);
        });
        using var wrong = await host.Client.TryLogInAsync("alice", "wrong");

        await host.ChangeAsync("alice", async (users, user) =>
        {
            var code = Totp.CodeOf(await users.GetAuthenticatorKeyAsync(user));
            Assert.Equal(1, await users.GetAccessFailedCountAsync(user));
            Assert.Equal(HttpStatusCode.OK, (await TryAsync(host, code)).Status);
        });

        await host.ChangeAsync("alice", async (users, user) => Assert.Equal(0, await users.GetAccessFailedCountAsync(user)));
    }

    [Fact]
    public async Task Wrong_passwords_lock_the_account_and_leave_the_sessions()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);
        for (var i = 0; i < IdentityHost.MaxFailures; i++)
        {
            using var wrong = await host.Client.TryLogInAsync("alice", "wrong");
        }

        using var locked = await host.Client.TryLogInAsync("alice", IdentityHost.Password);

        Assert.Equal(HttpStatusCode.Unauthorized, locked.StatusCode);
        Assert.True(await host.Client.IsRefreshableAsync(alice));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(alice));
    }

    [Fact]
    public async Task Guesses_made_at_once_are_all_counted()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var users = host.Services.GetRequiredService<ICredentialVerifier>();
        var alice = await host.FindAsync("alice");

        await Task.WhenAll(Enumerable.Range(0, IdentityHost.MaxFailures)
            .Select(i => users.VerifyAsync(alice, new Credentials("alice", $"guess {i}"), TestContext.Current.CancellationToken)));

        Assert.Equal(CredentialVerdict.LockedOut, await users.VerifyAsync(alice, new Credentials("alice", IdentityHost.Password), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_password_change_ends_every_other_session_and_starts_a_new_one_that_lives()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var (first, second) = (await host.Client.LogInAsync("alice", IdentityHost.Password), await host.Client.LogInAsync("alice", IdentityHost.Password));
        using var wrong = await host.Client.TryChangePasswordAsync(first, "wrong", "An0ther-pot-of-tea");
        using var weak = await host.Client.TryChangePasswordAsync(first, IdentityHost.Password, "tea");

        var changed = await host.Client.ChangePasswordAsync(first, IdentityHost.Password, "An0ther-pot-of-tea");

        Assert.Equal(HttpStatusCode.Forbidden, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(first));
        Assert.False(await host.Client.IsRefreshableAsync(second));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(changed));
        Assert.True(await host.Client.IsRefreshableAsync(changed));
    }

    [Fact]
    public async Task Claims_are_the_users_name_roles_and_way_of_signing_in()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        await host.ChangeAsync("alice", (users, user) => users.AddToRoleAsync(user, "editor"));

        var claims = JwtText.Payload((await host.Client.LogInAsync("alice", IdentityHost.Password)).AccessToken);

        Assert.Equal((await host.FindAsync("alice")).Value, claims.GetProperty("sub").GetString());
        Assert.Equal("editor", claims.GetProperty("roles")[0].GetString());
    }

    [Fact]
    public void Without_identity_it_says_what_is_missing()
    {
        var services = new ServiceCollection();

        var failure = Assert.Throws<InvalidOperationException>(() => services.UseIdentity<IdentityUser>());

        Assert.StartsWith("UseIdentity<IdentityUser> needs AddIdentity", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(HttpStatusCode Status, string? Error)> TryAsync(IdentityHost host, string? otp)
    {
        using var response = await host.Client.Http.PostAsJsonAsync(
            "/auth/login", new { username = "alice", password = IdentityHost.Password, otp, delivery = "body" }, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.IsSuccessStatusCode ? null : await IssuerClient.ErrorOfAsync(response));
    }
}
