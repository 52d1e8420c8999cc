using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public abstract class PasswordChangeTests
{
    private const string Old = DirectoryUnderTest.AlicesPassword;
    private const string New = "another pot of tea";

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task The_new_password_opens_and_the_old_one_does_not()
    {
        await using var directory = await StartAsync();

        var change = await ChangeAsync(directory, Old, New);

        Assert.IsType<PasswordChange.Changed>(change);
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", New));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Old));
    }

    [Fact]
    public async Task A_wrong_current_password_changes_nothing_and_is_counted()
    {
        await using var directory = await StartAsync();

        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<PasswordChange.Wrong>(await ChangeAsync(directory, "wrong password", New));
        }

        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInAsync("alice", Old));
        directory.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Old));
    }

    [Fact]
    public async Task What_the_token_store_could_not_take_is_said_and_nobody_signs_in_ahead_of_it()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        PasswordChange change;
        await using (await directory.LockTokenStoreAsync())
        {
            change = await ChangeAsync(directory, Old, New);
            await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => directory.LogInAsync("alice", New));
        }

        Assert.IsType<PasswordChange.Unsettled>(change);
        Assert.Empty(await directory.ReadRevocationsAsync(alice));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", New));
        Assert.Single(await directory.ReadRevocationsAsync(alice));
        Assert.Equal(0, await directory.CountOutboxAsync());
    }

    [Theory]
    [InlineData("sevench", "at least 8")]
    [InlineData("password123", "most common")]
    [InlineData("PassWord123", "most common")]
    [InlineData("12345678", "most common")]
    public async Task A_weak_password_is_refused_with_its_reason(string password, string reason)
    {
        await using var directory = await StartAsync();

        var change = await ChangeAsync(directory, Old, password);

        var weak = Assert.IsType<PasswordChange.Weak>(change);
        Assert.Contains(weak.Reasons, sentence => sentence.Contains(reason, StringComparison.Ordinal));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Old));
    }

    [Fact]
    public async Task The_user_name_is_no_password()
    {
        await using var directory = await StartAsync(
            ("Users:Seed:2:Username", "long-user-name"), ("Users:Seed:2:Password", Old));
        var user = await directory.FindAsync("long-user-name");

        var change = await directory.Users.ChangePasswordAsync(user, Old, "LONG-user-name", CancellationToken.None);

        Assert.IsType<PasswordChange.Weak>(change);
    }

    [Fact]
    public async Task Any_characters_and_long_phrases_are_welcome_and_every_character_counts()
    {
        await using var directory = await StartAsync();
        var phrase = string.Concat(Enumerable.Repeat("żółw 🐢 ", 128));
        phrase = phrase[..1023] + "a";

        Assert.IsType<PasswordChange.Changed>(await ChangeAsync(directory, Old, phrase));

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", phrase));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", phrase[..1023] + "b"));
        Assert.IsType<PasswordChange.Weak>(await ChangeAsync(directory, phrase, phrase + "c"));
    }

    [Fact]
    public async Task Of_two_changes_at_once_one_wins()
    {
        await using var directory = await StartAsync();

        var changes = await Task.WhenAll(TryAsync("the first new one"), TryAsync("the second new one"));

        Assert.Equal(1, changes.Count(change => change is PasswordChange.Changed));

        async Task<PasswordChange?> TryAsync(string password)
        {
            try
            {
                return await ChangeAsync(directory, Old, password);
            }
            catch (TokenStoreUnavailableException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Nobody_can_change_the_password_of_an_unknown_user()
    {
        await using var directory = await StartAsync();

        var change = await directory.Users.ChangePasswordAsync(new Subject("unknown"), Old, New, CancellationToken.None);

        Assert.IsType<PasswordChange.Wrong>(change);
    }

    private static async Task<PasswordChange> ChangeAsync(DirectoryUnderTest directory, string current, string next)
        => await directory.Users.ChangePasswordAsync(await directory.FindAsync("alice"), current, next, CancellationToken.None);
}
