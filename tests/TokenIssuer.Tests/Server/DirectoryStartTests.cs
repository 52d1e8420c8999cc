using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

public abstract class DirectoryStartTests
{
    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    private protected abstract Task MakeNewerAsync(DirectoryUnderTest directory);

    [Fact]
    public async Task A_second_start_leaves_users_as_they_are()
    {
        await using var directory = await StartAsync();
        var alice = await directory.FindAsync("alice");
        await directory.Users.ChangePasswordAsync(alice, DirectoryUnderTest.AlicesPassword, "another pot of tea", CancellationToken.None);

        await directory.StartAgainAsync();

        Assert.Equal(alice, await directory.FindAsync("alice"));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInAsync("alice", "another pot of tea"));
    }

    [Fact]
    public async Task A_newer_directory_is_not_touched()
    {
        await using var directory = await StartAsync();
        await MakeNewerAsync(directory);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(directory.StartAgainAsync);

        Assert.Contains("schema version 99", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Users:Seed:0:Password", "short", "at least 8")]
    [InlineData("Users:Seed:0:Username", "client:x", "is invalid")]
    public async Task An_impossible_seed_stops_the_start_with_a_sentence(string key, string value, string reason)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync((key, value)));

        Assert.StartsWith("Users:Seed:", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }
}
