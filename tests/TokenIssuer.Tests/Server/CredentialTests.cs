using Microsoft.AspNetCore.Identity;
using TokenIssuer.Families;
using TokenIssuer.Server.Users;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public abstract class CredentialTests
{
    private const string Password = DirectoryUnderTest.AlicesPassword;

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task The_right_password_is_correct_and_any_other_is_wrong()
    {
        await using var directory = await StartAsync();

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password + " "));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("nobody", Password));
    }

    [Theory]
    [InlineData("ALICE")]
    [InlineData(" alice ")]
    public async Task A_name_has_one_normal_form(string spelling)
    {
        await using var directory = await StartAsync();

        Assert.Equal(await directory.FindAsync("alice"), await directory.FindAsync(spelling));
    }

    [Theory]
    [InlineData("ａｌｉｃｅ")]
    [InlineData("alice\0")]
    [InlineData("")]
    public async Task Look_alike_names_are_nobodys(string name)
    {
        await using var directory = await StartAsync();

        Assert.Null(await directory.Users.FindAsync(name, CancellationToken.None));
    }

    [Fact]
    public async Task As_many_failures_as_allowed_lock_the_account_for_one_window()
    {
        await using var directory = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", "wrong password"));
        }

        var whileLocked = await directory.LogInAsync("alice", Password);
        directory.Clock.Advance(TimeSpan.FromMinutes(1));
        var afterwards = await directory.LogInAsync("alice", Password);

        Assert.Equal(CredentialVerdict.LockedOut, whileLocked);
        Assert.Equal(CredentialVerdict.Correct, afterwards);
    }

    [Fact]
    public async Task The_last_attempt_counts_when_it_is_right_and_starts_the_count_over()
    {
        await using var directory = await StartAsync();

        for (var round = 0; round < 2; round++)
        {
            await directory.LogInAsync("alice", "wrong password");
            await directory.LogInAsync("alice", "wrong password");
            Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password));
        }
    }

    [Fact]
    public async Task Guesses_made_at_once_do_not_slip_past_the_count()
    {
        await using var directory = await StartAsync();

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => directory.LogInAsync("alice", $"guess number {i}")));

        Assert.Equal(3, verdicts.Count(verdict => verdict == CredentialVerdict.Wrong));
        Assert.Equal(9, verdicts.Count(verdict => verdict == CredentialVerdict.LockedOut));
    }

    [Fact]
    public async Task Without_rate_limits_nobody_is_locked_out()
    {
        await using var directory = await StartAsync(("RateLimits:Enabled", "false"));
        for (var i = 0; i < 5; i++)
        {
            await directory.LogInAsync("alice", "wrong password");
        }

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password));
    }

    [Fact]
    public async Task A_disabled_user_is_told_apart_only_after_the_right_password()
    {
        await using var directory = await StartAsync();
        await directory.ChangeUserAsync("alice", (users, user) =>
        {
            user.IsDisabled = true;
            return users.UpdateAsync(user);
        });

        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", "wrong password"));
        Assert.Equal(CredentialVerdict.Disabled, await directory.LogInAsync("alice", Password));
        Assert.Null(await directory.Users.LoadAsync(await directory.FindAsync("alice"), CancellationToken.None));
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_after_the_right_password_and_verified()
    {
        await using var directory = await StartAsync();
        var code = string.Empty;
        await directory.ChangeUserAsync("alice", async (users, user) =>
        {
            await users.ResetAuthenticatorKeyAsync(user);
            await users.SetTwoFactorEnabledAsync(user, true);
            code = Totp.CodeOf(await users.GetAuthenticatorKeyAsync(user), directory.Clock.Now);
        });

        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", "wrong password", code));
        Assert.Equal(CredentialVerdict.SecondFactorRequired, await directory.LogInAsync("alice", Password));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password, code));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, code == "000000" ? "000001" : "000000"));
        var claims = await directory.Users.LoadAsync(await directory.FindAsync("alice"), CancellationToken.None);
        Assert.Equal("pwd otp mfa", claims?.Amr);
    }

    [Fact]
    public async Task Claims_name_the_user_and_the_roles()
    {
        await using var directory = await StartAsync();

        var claims = await directory.Users.LoadAsync(await directory.FindAsync("admin"), CancellationToken.None);

        Assert.NotNull(claims);
        Assert.Equal("Admin", claims.Username);
        Assert.Equal(["admin"], claims.Roles);
        Assert.Equal("pwd", claims.Amr);
        Assert.Null(await directory.Users.LoadAsync(new Subject("unknown"), CancellationToken.None));
    }

    [Fact]
    public void Nobodys_hash_costs_what_a_new_hash_costs()
    {
        var options = new PasswordHasherOptions { IterationCount = PasswordHashing.Iterations };
        var fresh = new PasswordHasher<DirectoryUser>(Microsoft.Extensions.Options.Options.Create(options)).HashPassword(new DirectoryUser(), Password);

        var parameters = ParametersOf(fresh);

        Assert.Equal(parameters, ParametersOf(PasswordHashing.NobodysHash));
    }

    /// <summary>Format marker, function, iterations and length of the salt stand before the salt.</summary>
    private static (string Header, int Length) ParametersOf(string hash)
    {
        var bytes = Convert.FromBase64String(hash);
        return (Convert.ToHexString(bytes.AsSpan(0, 13)), bytes.Length);
    }
}
