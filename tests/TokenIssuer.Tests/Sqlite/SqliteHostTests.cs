using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;
using TokenIssuer.Tests.Stores;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Sqlite;

/// <summary>The store as a host has it: registered, opened at start, with its witness and the loss healing of the core.</summary>
public sealed class SqliteHostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Path => _folder.PathOf("tokens.db");

    [Fact]
    public async Task A_started_host_has_an_open_store_behind_both_seams()
    {
        using var host = await StartAsync();

        Assert.True(File.Exists(Path));
        Assert.Same(host.Services.GetRequiredService<ITokenFamilyStore>(), host.Services.GetRequiredService<IRevocationFeed>());
        await LoadedAsync(host);
        await Eventually.TrueAsync(() => File.Exists(Path + ".witness"), TimeSpan.FromSeconds(15));
        await StopAsync(host);
        Assert.False(File.Exists(Path + "-wal"));
    }

    [Fact]
    public async Task Hosts_that_start_at_once_on_no_file_share_one_newborn_store()
    {
        var hosts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(StartAsync)));

        var cursors = await Task.WhenAll(hosts.Select(async host =>
            (await host.Services.GetRequiredService<IRevocationFeed>().ReadAsync(null, null, Cancelled)).Cursor));
        Assert.Single(cursors.Distinct());
        foreach (var host in hosts)
        {
            await StopAsync(host);
        }
    }

    [Fact]
    public async Task A_host_does_not_start_on_a_file_that_is_no_database()
    {
        await File.WriteAllTextAsync(Path, new string('x', 10_000), Cancelled);

        var refusal = await Assert.ThrowsAsync<TokenStoreUnavailableException>(StartAsync);

        Assert.Equal($"{Path} is not a database: name another file, or restore this one.", refusal.Message);
    }

    [Fact]
    public async Task A_host_with_a_keys_folder_of_its_own_does_not_start()
    {
        using var host = await StartAsync();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync("other-keys"));

        Assert.StartsWith("The keys folder does not hold the refresh master key", refusal.Message, StringComparison.Ordinal);
        using var same = await StartAsync();
        await StopAsync(same);
        await StopAsync(host);
    }

    [Fact]
    public async Task A_host_that_starts_again_goes_on_with_what_lives()
    {
        var (user, _) = await LiveAsync(backup: null);

        using var host = await StartAsync();
        await LoadedAsync(host);

        Assert.Single(await host.Services.GetRequiredService<ITokenFamilyStore>().ListFamiliesAsync(user.Key, default, Cancelled));
        await StopAsync(host);
    }

    [Fact]
    public async Task A_host_that_starts_on_a_restored_backup_ends_every_session_in_it()
    {
        var (user, tail) = await LiveAsync(backup: _folder.PathOf("backup.db"));
        File.Move(_folder.PathOf("backup.db"), Path, overwrite: true);

        using var host = await StartAsync();
        await LoadedAsync(host);

        var store = host.Services.GetRequiredService<ITokenFamilyStore>();
        Assert.Empty(await store.ListFamiliesAsync(user.Key, default, Cancelled));
        var page = await host.Services.GetRequiredService<IRevocationFeed>().ReadAsync(null, null, Cancelled);
        Assert.Equal((tail.StoreId, tail.Epoch + 1), (page.Cursor.StoreId, page.Cursor.Epoch));
        Assert.Equal(RevocationReason.StoreLoss, Assert.Single(page.Entries.OfType<RevocationEntry.All>()).Reason);
        await StopAsync(host);
    }

    [Fact]
    public async Task A_host_that_starts_on_no_file_ends_what_lived_in_the_lost_one_even_if_generations_were_ahead_of_time()
    {
        long highest;
        using (var host = await StartAsync())
        {
            await LoadedAsync(host);
            await host.Services.GetRequiredService<ITokenFamilyStore>().RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);
            highest = (await ReadAllAsync(host)).MinGeneration;
            var denylist = host.Services.GetRequiredService<Denylist>();
            await UntilAsync(() => denylist.HighestGeneration == highest);
            await StopAsync(host);
        }

        File.Delete(Path);
        using var anew = await StartAsync();
        await LoadedAsync(anew);

        var all = await ReadAllAsync(anew);
        Assert.Equal(RevocationReason.StoreLoss, all.Reason);
        Assert.True(all.MinGeneration > highest);
        Assert.Equal(all.MinGeneration, anew.Services.GetRequiredService<Denylist>().HighestGeneration);
        await StopAsync(anew);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a host for a login and two kills, with a backup in between, and stops it.</summary>
    private async Task<(TestUser User, LogCursor Tail)> LiveAsync(string? backup)
    {
        using var host = await StartAsync();
        await LoadedAsync(host);
        var store = host.Services.GetRequiredService<ITokenFamilyStore>();
        var (user, other) = (new TestUser(), new TestUser());
        var standing = await store.ReadUserAsync(user.Key, default, Cancelled);
        Assert.IsType<FamilyStarted.Started>(await store.StartFamilyAsync(user.Start(standing.Floors.Generation), default, Cancelled));
        if (backup is not null)
        {
            await SqliteUnderTest.CopyAsync(Path, backup);
        }

        await store.RevokeUserAsync(other.Key, other.Subject, KillReach.Everything, RevocationReason.Logout, default, Cancelled);
        var tail = (await host.Services.GetRequiredService<IRevocationFeed>().ReadAsync(null, null, Cancelled)).Cursor;
        await host.Services.GetRequiredService<StoreWitness>().NoteAsync(new Sighting(tail, 0), Cancelled);
        await StopAsync(host);
        return (user, tail);
    }

    private Task<IHost> StartAsync() => StartAsync("keys");

    private async Task<IHost> StartAsync(string keys)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(Substitute.For<ICredentialVerifier>());
        builder.Services.AddMetrics();
        builder.Services.AddTokenIssuer(options =>
        {
            options.KeysDirectory = _folder.PathOf(keys);
            options.Keys.Generate = true;
        });
        builder.Services.AddSqliteTokenStore($"Data Source={Path}");
        var host = builder.Build();
        try
        {
            await host.StartAsync(Cancelled);
            return host;
        }
        catch
        {
            await ((IAsyncDisposable)host).DisposeAsync();
            throw;
        }
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync(Cancelled);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private static Task LoadedAsync(IHost host)
    {
        var denylist = host.Services.GetRequiredService<Denylist>();
        return UntilAsync(() => denylist.IsLoaded);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var patience = 0; !condition() && patience < 1000; patience++)
        {
            await Task.Delay(10, Cancelled);
        }

        Assert.True(condition());
    }

    private static async Task<RevocationEntry.All> ReadAllAsync(IHost host) => Assert.Single(
        (await host.Services.GetRequiredService<IRevocationFeed>().ReadAsync(null, null, Cancelled)).Entries.OfType<RevocationEntry.All>());
}
