using Microsoft.AspNetCore.Identity;
using NSubstitute;
using TokenIssuer.Server.Users;

namespace TokenIssuer.Tests.Server;

/// <summary>A storm of logins must leave room for everything else, and end in an answer.</summary>
public sealed class PasswordHashingTests
{
    private const int LongestQueue = 128;

    [Fact]
    public async Task At_least_one_core_is_left_to_others_and_whoever_finds_the_queue_full_is_told_at_once()
    {
        using var hashing = new PasswordHashing(Substitute.For<IPasswordHasher<DirectoryUser>>());
        var working = Math.Max(1, Environment.ProcessorCount - 1);
        var turns = new List<Task<IDisposable>>();
        for (var i = 0; i < working + LongestQueue; i++)
        {
            turns.Add(hashing.TakeTurnAsync(TestContext.Current.CancellationToken));
        }

        Assert.Equal(working, turns.Count(turn => turn.IsCompletedSuccessfully));
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => hashing.TakeTurnAsync(TestContext.Current.CancellationToken));

        foreach (var turn in turns)
        {
            (await turn).Dispose();
        }

        (await hashing.TakeTurnAsync(TestContext.Current.CancellationToken)).Dispose();
    }

    [Fact]
    public async Task Every_verification_takes_its_turn_the_one_for_nobody_too()
    {
        var hasher = Substitute.For<IPasswordHasher<DirectoryUser>>();
        hasher.VerifyHashedPassword(default!, default!, default!).ReturnsForAnyArgs(PasswordVerificationResult.Success);
        using var hashing = new PasswordHashing(hasher);
        var taken = new List<IDisposable>();
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount - 1); i++)
        {
            taken.Add(await hashing.TakeTurnAsync(TestContext.Current.CancellationToken));
        }

        var user = hashing.IsRightAsync(new DirectoryUser("alice") { PasswordHash = "hash" }, "password", TestContext.Current.CancellationToken);
        var nobody = hashing.IsRightAsync(null, "password", TestContext.Current.CancellationToken);
        Assert.Empty(hasher.ReceivedCalls());
        taken.ForEach(turn => turn.Dispose());

        Assert.Equal((true, false), (await user, await nobody));
        Assert.Equal(2, hasher.ReceivedCalls().Count());
    }
}
