using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Identity.Outbox;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.Identity;

/// <summary>Between the directory's commit and the revocation.</summary>
public sealed class RevocationOutboxTests : IDisposable
{
    private const string New = "An0ther-pot-of-tea";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_dies_between_commit_and_revocation_has_it_revoked_before_the_next_one_answers()
    {
        string output;
        using (var child = IdentityChild.Start(_folder.FullPath))
        {
            output = await child.StandardOutput.ReadToEndAsync(Cancelled);
            await child.WaitForExitAsync(Cancelled);
            Assert.NotEqual(0, child.ExitCode);
        }

        var (alice, bob) = IdentityChild.Read(output);
        var left = CountRows();
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);

        Assert.Equal(1, left);
        Assert.Equal(0, await host.CountOutboxAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(alice));
        Assert.False(await host.Client.IsRefreshableAsync(alice));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(bob));
        Assert.True(await host.Client.IsRefreshableAsync(bob));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(await host.Client.LogInAsync("alice", New)));
    }

    [Fact]
    public async Task Within_a_transaction_it_is_revoked_when_that_commits()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);
        var within = HttpStatusCode.Unused;

        await host.InScopeAsync(async services =>
        {
            await using var transaction = await services.GetRequiredService<AppUsers>().Database.BeginTransactionAsync(Cancelled);
            await ChangePasswordAsync(services);
            within = await host.Client.GetMeAsync(alice);
            await transaction.CommitAsync(Cancelled);
        });

        Assert.Equal(HttpStatusCode.OK, within);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(alice));
    }

    [Fact]
    public async Task What_is_rolled_back_is_not_revoked()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);

        await host.InScopeAsync(async services =>
        {
            await using var transaction = await services.GetRequiredService<AppUsers>().Database.BeginTransactionAsync(Cancelled);
            await ChangePasswordAsync(services);
            await transaction.RollbackAsync(Cancelled);
        });
        await host.Services.GetRequiredService<RevocationOutbox<AppUsers>>().TryDrainAsync(Cancelled);

        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(alice));
    }

    [Fact]
    public async Task A_save_that_fails_leaves_nothing_to_be_revoked_by_the_next_one()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);

        await host.InScopeAsync(async services =>
        {
            var directory = services.GetRequiredService<AppUsers>();
            var user = await directory.Users.SingleAsync(found => found.UserName == "alice", Cancelled);
            user.PasswordHash = "another hash";
            user.NormalizedUserName = "BOB";
            await Assert.ThrowsAsync<DbUpdateException>(() => directory.SaveChangesAsync(Cancelled));
            await directory.Entry(user).ReloadAsync(Cancelled);
            user.PhoneNumber = "123";
            await directory.SaveChangesAsync(Cancelled);
        });

        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(alice));
    }

    [Fact]
    public async Task A_change_without_identitys_managers_is_revoked_as_well_and_a_synchronous_one_soon()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var (alice, bob) = (await host.Client.LogInAsync("alice", IdentityHost.Password), await host.Client.LogInAsync("bob", IdentityHost.Password));

        await host.InScopeAsync(async services =>
        {
            var directory = services.GetRequiredService<AppUsers>();
            (await directory.Users.SingleAsync(user => user.UserName == "alice", Cancelled)).PasswordHash = "another hash";
            await directory.SaveChangesAsync(Cancelled);
        });
        var atOnce = await host.Client.GetMeAsync(alice);
        await host.InScopeAsync(services =>
        {
            var directory = services.GetRequiredService<AppUsers>();
            directory.Users.Single(user => user.UserName == "bob").LockoutEnd = DateTimeOffset.MaxValue;
            return Task.Run(() => directory.SaveChanges());
        });

        Assert.Equal(HttpStatusCode.Unauthorized, atOnce);
        await Eventually.TrueAsync(async () => await host.Client.GetMeAsync(bob) == HttpStatusCode.Unauthorized, s_patience);
    }

    [Fact]
    public async Task While_the_token_store_is_silent_the_caller_is_told_and_the_revocation_follows()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);
        await using (var busy = new SqliteConnection($"Data Source={IdentityHost.TokensOf(_folder)};Pooling=false"))
        {
            await busy.OpenAsync(Cancelled);
            await using var transaction = busy.BeginTransaction();

            await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => host.InScopeAsync(ChangePasswordAsync));
        }

        await Eventually.TrueAsync(async () => await host.Client.GetMeAsync(alice) == HttpStatusCode.Unauthorized, s_patience);
        await Eventually.TrueAsync(async () => await host.CountOutboxAsync() == 0, s_patience);
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(await host.Client.LogInAsync("alice", New)));
    }

    [Fact]
    public async Task A_database_that_fails_after_the_commit_does_not_look_like_a_change_that_failed()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.Client.LogInAsync("alice", IdentityHost.Password);
        await host.InScopeAsync(services => services.GetRequiredService<AppUsers>().Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER stuck BEFORE DELETE ON RevocationOutbox BEGIN SELECT RAISE(ABORT, 'stuck'); END", Cancelled));

        await Assert.ThrowsAnyAsync<TokenStoreUnavailableException>(() => host.InScopeAsync(ChangePasswordAsync));
        await host.InScopeAsync(services => services.GetRequiredService<AppUsers>().Database.ExecuteSqlRawAsync("DROP TRIGGER stuck", Cancelled));

        await Eventually.TrueAsync(async () => await host.Client.GetMeAsync(alice) == HttpStatusCode.Unauthorized, s_patience);
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(await host.Client.LogInAsync("alice", New)));
    }

    [Fact]
    public async Task A_row_that_can_not_be_delivered_keeps_nobody_else_waiting()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var (alice, bob) = (await host.FindAsync("alice"), await host.FindAsync("bob"));
        var bobs = await host.Client.LogInAsync("bob", IdentityHost.Password);
        await host.InScopeAsync(async services =>
        {
            var database = services.GetRequiredService<AppUsers>().Database;
            await database.ExecuteSqlRawAsync(
                "CREATE TRIGGER stuck BEFORE DELETE ON RevocationOutbox WHEN OLD.Reason = 'UserDisabled' BEGIN SELECT RAISE(ABORT, 'stuck'); END", Cancelled);
            await database.ExecuteSqlAsync(
                $"INSERT INTO RevocationOutbox (User, Reason) VALUES ({alice.Value}, 'UserDisabled'), ({bob.Value}, 'PasswordChanged')", Cancelled);
        });

        var isDrained = await host.Services.GetRequiredService<RevocationOutbox<AppUsers>>().TryDrainAsync(Cancelled);

        Assert.False(isDrained);
        Assert.Equal(1, await host.CountOutboxAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await host.Client.GetMeAsync(bobs));
        using var refused = await host.Client.TryLogInAsync("alice", IdentityHost.Password);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await host.ChangeAsync("bob", async (users, user) => Assert.True((await users.ChangePasswordAsync(user, IdentityHost.Password, New)).Succeeded));
        Assert.Equal(HttpStatusCode.OK, await host.Client.GetMeAsync(await host.Client.LogInAsync("bob", New)));
    }

    [Fact]
    public async Task Of_many_who_come_for_a_row_one_revokes()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);
        var alice = await host.FindAsync("alice");
        await host.InScopeAsync(services => services.GetRequiredService<AppUsers>().Database.ExecuteSqlAsync(
            $"INSERT INTO RevocationOutbox (User, Reason) VALUES ({alice.Value}, 'PasswordChanged')", Cancelled));
        var outbox = host.Services.GetRequiredService<RevocationOutbox<AppUsers>>();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => outbox.TryDrainAsync(Cancelled), Cancelled)));

        Assert.Single(host.Logs.All, line => line.Contains(" Revoked: ", StringComparison.Ordinal));
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task A_user_who_is_created_with_roles_in_one_transaction_is_not_revoked()
    {
        await using var host = await IdentityHost.StartAsync(_folder.FullPath);

        await host.InScopeAsync(async services =>
        {
            await using var transaction = await services.GetRequiredService<AppUsers>().Database.BeginTransactionAsync(Cancelled);
            var users = services.GetRequiredService<UserManager<IdentityUser>>();
            var carol = new IdentityUser("carol");
            await users.CreateAsync(carol, IdentityHost.Password);
            await users.AddToRoleAsync(carol, "editor");
            await transaction.CommitAsync(Cancelled);
        });

        Assert.DoesNotContain(host.Logs.All, line => line.Contains(" Revoked: ", StringComparison.Ordinal));
        await host.ChangeAsync("carol", (users, user) => users.RemoveFromRoleAsync(user, "editor"));
        Assert.Single(host.Logs.All, line => line.Contains(" Revoked: ", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task ChangePasswordAsync(IServiceProvider services)
    {
        var users = services.GetRequiredService<UserManager<IdentityUser>>();
        var user = Assert.IsType<IdentityUser>(await users.FindByNameAsync("alice"));
        Assert.True((await users.ChangePasswordAsync(user, IdentityHost.Password, New)).Succeeded);
    }

    private long CountRows()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.PathOf("app.db")};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM RevocationOutbox";
        return Assert.IsType<long>(command.ExecuteScalar());
    }
}
