using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

/// <summary>A code of an authenticator app opens one login, about the time it is shown (RFC 6238 §5.2).</summary>
public abstract class TotpLoginTests
{
    private const string Password = DirectoryUnderTest.AlicesPassword;

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task A_code_is_accepted_once_and_an_older_one_not_after_it()
    {
        await using var directory = await StartAsync();
        var key = await EnrolAsync(directory);
        var older = CodeOf(directory, key, -30);
        var code = CodeOf(directory, key, 0);

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password, code));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, code));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, older));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password, CodeOf(directory, key, 30)));
    }

    [Theory]
    [InlineData(-60, false)]
    [InlineData(-30, true)]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(60, false)]
    public async Task One_step_early_or_late_is_near_enough_and_two_are_not(int seconds, bool isAccepted)
    {
        await using var directory = await StartAsync();
        var key = await EnrolAsync(directory);

        var verdict = await directory.LogInAsync("alice", Password, CodeOf(directory, key, seconds));

        Assert.Equal(isAccepted ? CredentialVerdict.Correct : CredentialVerdict.Wrong, verdict);
    }

    [Fact]
    public async Task Of_many_who_use_one_code_at_once_exactly_one_gets_in()
    {
        await using var directory = await StartAsync(("RateLimits:Enabled", "false"));
        var key = await EnrolAsync(directory);
        for (var round = 0; round < 5; round++)
        {
            var code = CodeOf(directory, key, 0);

            var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => directory.LogInAsync("alice", Password, code)));

            Assert.Single(verdicts, CredentialVerdict.Correct);
            Assert.Equal(7, verdicts.Count(verdict => verdict == CredentialVerdict.Wrong));
            directory.Clock.Advance(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Wrong_and_replayed_codes_are_counted_like_wrong_passwords()
    {
        await using var directory = await StartAsync();
        var key = await EnrolAsync(directory);
        var code = CodeOf(directory, key, 0);
        await directory.LogInAsync("alice", Password, code);

        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, WrongFor(directory, key)));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, code));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, "12345"));

        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInAsync("alice", Password, CodeOf(directory, key, 30)));
    }

    [Fact]
    public async Task One_login_that_has_to_be_judged_again_still_has_its_own_code()
    {
        await using var directory = await StartAsync();
        var key = await EnrolAsync(directory);
        var alice = await directory.FindAsync("alice");
        var credentials = new Credentials("alice", Password, CodeOf(directory, key, 0));

        var first = await directory.Users.VerifyAsync(alice, credentials, CancellationToken.None);
        var again = await directory.Users.VerifyAsync(alice, credentials, CancellationToken.None);
        var copy = await directory.Users.VerifyAsync(alice, new Credentials("alice", Password, credentials.Otp), CancellationToken.None);

        Assert.Equal((CredentialVerdict.Correct, CredentialVerdict.Correct, CredentialVerdict.Wrong), (first, again, copy));
    }

    private static string CodeOf(DirectoryUnderTest directory, string key, int seconds)
        => Totp.CodeOf(key, directory.Clock.Now + TimeSpan.FromSeconds(seconds));

    private static string WrongFor(DirectoryUnderTest directory, string key)
    {
        string[] near = [CodeOf(directory, key, -30), CodeOf(directory, key, 0), CodeOf(directory, key, 30)];
        return new[] { "000000", "000001", "000002", "000003" }.First(code => !near.Contains(code));
    }

    /// <summary>As Identity does it, so that no code of ours is spent.</summary>
    private static async Task<string> EnrolAsync(DirectoryUnderTest directory)
    {
        var key = string.Empty;
        await directory.ChangeUserAsync("alice", async (users, user) =>
        {
            await users.ResetAuthenticatorKeyAsync(user);
            await users.SetTwoFactorEnabledAsync(user, true);
            key = await users.GetAuthenticatorKeyAsync(user) ?? string.Empty;
        });
        return key;
    }
}
