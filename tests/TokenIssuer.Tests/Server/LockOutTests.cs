using Microsoft.EntityFrameworkCore;
using TokenIssuer.Server.Users;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Server;

/// <summary>Guesses are bounded, and whoever makes them keeps nobody out of the places where they are known.</summary>
public abstract class LockOutTests
{
    private const string Password = DirectoryUnderTest.AlicesPassword;
    private const string Home = "192.0.2.10";
    private const string Stranger = "198.51.100.7";
    private const string Hotel = "203.0.113.99";

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Theory]
    [InlineData(1)]
    [InlineData(250)]
    public async Task However_long_a_stranger_guesses_the_owner_gets_in_at_once_from_a_known_address(int addresses)
    {
        await using var directory = await StartAsync();
        await directory.LogInFromAsync(Home, "alice", Password);
        var (guesses, refused, owner) = (0, 0, new List<CredentialVerdict>());

        for (var i = 0; i < 20; i++)
        {
            for (var guess = 0; guess < 4; guess++)
            {
                var verdict = await directory.LogInFromAsync($"198.51.{guesses % addresses}.7", "alice", $"guess {guesses++}");
                refused += verdict == CredentialVerdict.LockedOut ? 1 : 0;
            }

            owner.Add(await directory.LogInFromAsync(Home, "alice", Password));
            directory.Clock.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(Enumerable.Repeat(CredentialVerdict.Correct, 20), owner);

        // The stranger had three guesses a minute, and no more.
        Assert.InRange(guesses - refused, 3, 3 * 8);
    }

    [Fact]
    public async Task A_neighbour_of_a_known_address_is_known_and_so_is_a_neighbour_in_the_same_network_of_IPv6()
    {
        await using var directory = await StartAsync();
        await directory.LogInFromAsync(Home, "alice", Password);
        await directory.LogInFromAsync("2001:db8:1::1", "alice", Password);
        await LockAsync(directory);

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync("192.0.2.200", "alice", Password));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync("::ffff:192.0.2.11", "alice", Password));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync("2001:db8:1:ffff::2", "alice", Password));
        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInFromAsync("2001:db8:2::1", "alice", Password));
    }

    [Fact]
    public async Task A_known_address_locks_itself_for_a_window_and_nobody_else()
    {
        await using var directory = await StartAsync();
        await directory.LogInFromAsync(Home, "alice", Password);
        await directory.LogInFromAsync(Hotel, "alice", Password);
        await GuessAsync(directory, Home, 3);

        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInFromAsync(Home, "alice", Password));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Hotel, "alice", Password));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Stranger, "alice", Password));
        directory.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Home, "alice", Password));
    }

    [Fact]
    public async Task From_an_unknown_address_the_right_password_waits_at_most_a_window_and_the_address_is_known_then()
    {
        await using var directory = await StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await directory.LogInFromAsync($"198.51.{i}.7", "alice", $"guess {i}");
        }

        var whileLocked = await directory.LogInFromAsync(Hotel, "alice", Password);
        directory.Clock.Advance(TimeSpan.FromMinutes(1));
        var afterwards = await directory.LogInFromAsync(Hotel, "alice", Password);
        await LockAsync(directory);

        Assert.Equal((CredentialVerdict.LockedOut, CredentialVerdict.Correct), (whileLocked, afterwards));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Hotel, "alice", Password));
    }

    [Fact]
    public async Task Guesses_during_a_lock_out_do_not_prolong_it()
    {
        await using var directory = await StartAsync();
        await LockAsync(directory);

        directory.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInFromAsync(Stranger, "alice", "guess"));
        directory.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Hotel, "alice", Password));
    }

    [Fact]
    public async Task Only_a_login_that_succeeds_makes_an_address_known()
    {
        await using var directory = await StartAsync(("Users:Seed:2:Username", "carol"), ("Users:Seed:2:Password", Password));
        await directory.LogInFromAsync(Home, "alice", "wrong password");
        await directory.LogInFromAsync(Home, "carol", Password);
        await LockAsync(directory);

        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInFromAsync(Home, "alice", Password));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Home, "carol", Password));
    }

    [Fact]
    public async Task The_last_eight_addresses_are_kept_and_only_their_coarse_form()
    {
        await using var directory = await StartAsync();
        for (var i = 1; i <= LoginAttempts.KnownAddresses + 1; i++)
        {
            Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync($"203.0.{i}.77", "alice", Password));
            directory.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var kept = await directory.QueryAsync(context => context.LoginPools
            .Where(pool => pool.Address != string.Empty).OrderBy(pool => pool.Address).Select(pool => pool.Address).ToListAsync());
        await LockAsync(directory);

        Assert.Equal(Enumerable.Range(2, LoginAttempts.KnownAddresses).Select(i => $"203.0.{i}.0/24"), kept);
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync("203.0.2.77", "alice", Password));
        Assert.Equal(CredentialVerdict.LockedOut, await directory.LogInFromAsync("203.0.1.77", "alice", Password));
    }

    [Theory]
    [InlineData(Home)]
    [InlineData(Stranger)]
    public async Task Guesses_made_at_once_do_not_slip_past_either_count(string address)
    {
        await using var directory = await StartAsync();
        await directory.LogInFromAsync(Home, "alice", Password);

        var verdicts = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => directory.LogInFromAsync(address, "alice", $"guess number {i}")));

        Assert.Equal(3, verdicts.Count(verdict => verdict == CredentialVerdict.Wrong));
        Assert.Equal(9, verdicts.Count(verdict => verdict == CredentialVerdict.LockedOut));
        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(address == Home ? Hotel : Home, "alice", Password));
    }

    [Fact]
    public async Task A_wrong_current_password_counts_where_it_comes_from()
    {
        await using var directory = await StartAsync();
        await directory.LogInFromAsync(Home, "alice", Password);
        var alice = await directory.FindAsync("alice");
        for (var i = 0; i < 3; i++)
        {
            Assert.IsType<PasswordChange.Wrong>(await directory.FromAsync(
                Stranger, () => directory.Users.ChangePasswordAsync(alice, "wrong password", "another pot of tea", CancellationToken.None)));
        }

        var fromThere = await directory.FromAsync(
            Stranger, () => directory.Users.ChangePasswordAsync(alice, Password, "another pot of tea", CancellationToken.None));
        var fromHome = await directory.FromAsync(
            Home, () => directory.Users.ChangePasswordAsync(alice, Password, "another pot of tea", CancellationToken.None));

        Assert.IsType<PasswordChange.Wrong>(fromThere);
        Assert.IsType<PasswordChange.Changed>(fromHome);
    }

    [Fact]
    public async Task Without_rate_limits_nothing_is_counted_or_remembered()
    {
        await using var directory = await StartAsync(("RateLimits:Enabled", "false"));
        await GuessAsync(directory, Home, 5);

        Assert.Equal(CredentialVerdict.Correct, await directory.LogInFromAsync(Home, "alice", Password));
        Assert.Equal(0, await directory.QueryAsync(context => context.LoginPools.CountAsync()));
    }

    [Fact]
    public async Task Unknown_wrong_locked_and_disabled_cost_the_same_statements_and_one_hash()
    {
        await using var directory = await StartAsync(("Users:Seed:2:Username", "carol"), ("Users:Seed:2:Password", Password));
        await directory.ChangeUserAsync("carol", (users, user) =>
        {
            user.IsDisabled = true;
            return users.UpdateAsync(user);
        });
        await directory.LogInFromAsync(Home, "alice", Password);

        var unknown = await WorkOfAsync(directory, Stranger, "nobody", "guess", CredentialVerdict.Wrong);
        var wrong = await WorkOfAsync(directory, Stranger, "alice", "guess", CredentialVerdict.Wrong);
        var wrongAtHome = await WorkOfAsync(directory, Home, "alice", "guess", CredentialVerdict.Wrong);
        var wrongOfDisabled = await WorkOfAsync(directory, Stranger, "carol", "guess", CredentialVerdict.Wrong);
        var disabled = await WorkOfAsync(directory, Stranger, "carol", Password, CredentialVerdict.Disabled);
        await LockAsync(directory);
        var locked = await WorkOfAsync(directory, Stranger, "alice", "guess", CredentialVerdict.LockedOut);
        var rightWhileLocked = await WorkOfAsync(directory, Stranger, "alice", Password, CredentialVerdict.LockedOut);

        Assert.Single(unknown, DirectoryWork.Hash);
        Assert.Contains(unknown, statement => statement.Contains("INSERT INTO \"LoginPools\"", StringComparison.Ordinal));
        Assert.All([wrong, wrongAtHome, wrongOfDisabled, disabled, locked, rightWhileLocked], work => Assert.Equal(unknown, work));

        // A login that succeeds does more, or nothing was compared.
        Assert.NotEqual(unknown, await WorkOfAsync(directory, Home, "alice", Password, CredentialVerdict.Correct));
    }

    private static async Task<IReadOnlyList<string>> WorkOfAsync(
        DirectoryUnderTest directory, string address, string name, string password, CredentialVerdict expected)
    {
        directory.Work.Take();
        Assert.Equal(expected, await directory.LogInFromAsync(address, name, password));
        return directory.Work.Take();
    }

    private static Task LockAsync(DirectoryUnderTest directory) => GuessAsync(directory, Stranger, 3);

    private static async Task GuessAsync(DirectoryUnderTest directory, string address, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await directory.LogInFromAsync(address, "alice", $"wrong password {i}");
        }
    }
}
