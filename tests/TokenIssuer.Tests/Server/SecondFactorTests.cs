using Microsoft.EntityFrameworkCore;
using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public abstract class SecondFactorTests
{
    private const string Password = DirectoryUnderTest.AlicesPassword;

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task It_is_asked_for_once_its_code_has_confirmed_it_and_that_code_is_spent()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        var secret = await BeginAsync(directory, alice);
        var before = await directory.LogInAsync("alice", Password);
        var code = Totp.CodeOf(secret, directory.Clock.Now);

        var confirmed = await directory.SecondFactors.ConfirmAsync(alice, code, CancellationToken.None);

        Assert.Equal((CredentialVerdict.Correct, SecondFactorConfirmation.Enabled), (before, confirmed));
        Assert.Equal(CredentialVerdict.SecondFactorRequired, await directory.LogInAsync("alice", Password));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, code));
        directory.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password, Totp.CodeOf(secret, directory.Clock.Now)));
        Assert.Equal(SecondFactorConfirmation.NotBegun, await directory.SecondFactors.ConfirmAsync(alice, code, CancellationToken.None));
    }

    [Fact]
    public async Task Five_wrong_codes_or_ten_minutes_end_what_was_begun()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        var secret = await BeginAsync(directory, alice);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(SecondFactorConfirmation.Wrong, await directory.SecondFactors.ConfirmAsync(alice, "no code", CancellationToken.None));
        }

        var afterFive = await directory.SecondFactors.ConfirmAsync(alice, Totp.CodeOf(secret, directory.Clock.Now), CancellationToken.None);
        secret = await BeginAsync(directory, alice);
        directory.Clock.Advance(TimeSpan.FromMinutes(10));
        var tooLate = await directory.SecondFactors.ConfirmAsync(alice, Totp.CodeOf(secret, directory.Clock.Now), CancellationToken.None);

        Assert.Equal((SecondFactorConfirmation.NotBegun, SecondFactorConfirmation.NotBegun), (afterFive, tooLate));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password));
    }

    [Fact]
    public async Task A_new_one_takes_the_place_of_the_old_one_when_it_is_confirmed()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        var old = await EnrolAsync(directory, alice);
        directory.Clock.Advance(TimeSpan.FromSeconds(60));
        var next = await BeginAsync(directory, alice);
        var whilePending = await directory.LogInAsync("alice", Password, Totp.CodeOf(old, directory.Clock.Now));

        var confirmed = await directory.SecondFactors.ConfirmAsync(alice, Totp.CodeOf(next, directory.Clock.Now), CancellationToken.None);

        directory.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((CredentialVerdict.Correct, SecondFactorConfirmation.Replaced), (whilePending, confirmed));
        Assert.Equal(CredentialVerdict.Wrong, await directory.LogInAsync("alice", Password, Totp.CodeOf(old, directory.Clock.Now)));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password, Totp.CodeOf(next, directory.Clock.Now)));
    }

    [Fact]
    public async Task Taken_away_nothing_of_it_is_left_and_another_can_be_enrolled_at_once()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        await EnrolAsync(directory, alice);
        await BeginAsync(directory, alice);

        var removed = await directory.SecondFactors.RemoveAsync(alice, CancellationToken.None);

        Assert.True(removed);
        Assert.Equal(0, await directory.QueryAsync(context => context.UserTokens.CountAsync()));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password));
        Assert.False(await directory.SecondFactors.RemoveAsync(alice, CancellationToken.None));
        await EnrolAsync(directory, alice);
        Assert.Equal(CredentialVerdict.SecondFactorRequired, await directory.LogInAsync("alice", Password));
    }

    [Fact]
    public async Task Changed_while_the_token_store_is_silent_it_is_changed_and_the_revocation_waits()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        await EnrolAsync(directory, alice);
        var next = await BeginAsync(directory, alice);
        SecondFactorConfirmation confirmed;
        bool removed;
        int waiting;
        await using (await directory.LockTokenStoreAsync())
        {
            confirmed = await directory.SecondFactors.ConfirmAsync(alice, Totp.CodeOf(next, directory.Clock.Now), CancellationToken.None);
            removed = await directory.SecondFactors.RemoveAsync(alice, CancellationToken.None);
            waiting = await directory.CountOutboxAsync();
        }

        Assert.Equal((SecondFactorConfirmation.Replaced, true), (confirmed, removed));
        Assert.True(waiting > 0);
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", Password));
        Assert.Single(await directory.ReadRevocationsAsync(alice));
    }

    [Fact]
    public async Task Of_many_confirmations_at_once_one_wins()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        var code = Totp.CodeOf(await BeginAsync(directory, alice), directory.Clock.Now);

        var confirmations = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => TryAsync()));

        Assert.Single(confirmations, confirmation => confirmation == SecondFactorConfirmation.Enabled);
        Assert.All(confirmations, confirmation => Assert.True(confirmation is null or SecondFactorConfirmation.Enabled or SecondFactorConfirmation.NotBegun));

        async Task<SecondFactorConfirmation?> TryAsync()
        {
            try
            {
                return await directory.SecondFactors.ConfirmAsync(alice, code, CancellationToken.None);
            }
            catch (Exception failure) when (failure is TokenStoreUnavailableException or DbUpdateException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Nobody_has_none()
    {
        await using var directory = await StartAsync();
        var nobody = new Subject("unknown");

        Assert.Null(await directory.SecondFactors.BeginAsync(nobody, CancellationToken.None));
        Assert.Equal(SecondFactorConfirmation.NotBegun, await directory.SecondFactors.ConfirmAsync(nobody, "000000", CancellationToken.None));
        Assert.False(await directory.SecondFactors.RemoveAsync(nobody, CancellationToken.None));
    }

    private static async Task<string> BeginAsync(DirectoryUnderTest directory, Subject user)
        => Assert.IsType<TotpSecret>(await directory.SecondFactors.BeginAsync(user, CancellationToken.None)).Reveal();

    private static async Task<string> EnrolAsync(DirectoryUnderTest directory, Subject user)
    {
        var secret = await BeginAsync(directory, user);
        Assert.Equal(
            SecondFactorConfirmation.Enabled,
            await directory.SecondFactors.ConfirmAsync(user, Totp.CodeOf(secret, directory.Clock.Now), CancellationToken.None));
        return secret;
    }
}
