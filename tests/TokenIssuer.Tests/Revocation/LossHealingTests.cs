using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Revocation;

public sealed class LossHealingTests : IAsyncLifetime
{
    private static readonly TimeSpan s_retention = TimeSpan.FromMinutes(20);

    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ModelStore _store;
    private readonly TestUser _user = new();
    private readonly List<Replica> _replicas = [];

    public LossHealingTests()
    {
        _store = new ModelStore(_clock);
        _store.Join(s_retention);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_log_that_only_grew_is_no_loss()
    {
        var replica = await StartAsync("a");
        await KillAsync(await LogInAsync());

        await replica.ReadOnAsync();

        Assert.False(replica.Healing.IsHealing);
        Assert.Empty(replica.Steps);
        Assert.Equal(await TailAsync(), replica.Denylist.Cursor);
    }

    [Fact]
    public async Task A_store_restored_from_a_backup_gets_back_the_kills_that_were_seen()
    {
        var replica = await StartAsync("a");
        var (killed, living) = (await LogInAsync(), await LogInAsync());
        var backup = _store.TakeBackup();
        await KillAsync(killed);
        await _store.AppendAsync([Entries.Token with { Until = _clock.Now + s_retention }, Entries.Key with { Until = _clock.Now + s_retention }], Cancelled);
        await replica.ReadOnAsync();
        var held = replica.Denylist.Held();
        _store.Restore(backup);
        Assert.True(await IsAliveAsync(killed));

        await replica.ReadOnAsync();

        Assert.False(await IsAliveAsync(killed));
        Assert.True(await IsAliveAsync(living));
        Assert.Equal(Marks(held), Marks((await _store.ReadAsync(null, null, Cancelled)).Entries));
        Assert.Equal(backup.Epoch + 1, (await TailAsync()).Epoch);
        Assert.False(replica.Healing.IsHealing);
    }

    [Fact]
    public async Task While_it_heals_refreshes_wait_and_the_order_is_read_append_raise()
    {
        var replica = await StartAsync("a");
        await RollBackAsync(replica);
        var during = new List<bool>();
        replica.Before = _ => during.Add(replica.Healing.IsHealing);

        await replica.ReadOnAsync();

        Assert.Equal(["read", "append", "raise"], replica.Steps);
        Assert.Equal([true, true, true], during);
        Assert.False(replica.Healing.IsHealing);
        await replica.Audit.Received(1).WriteAsync(Arg.Is<AuditEvent>(one => one!.Type == AuditEventType.StoreLoss), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task After_healing_it_follows_on_and_merges_what_its_own_healing_wrote()
    {
        var replica = await StartAsync("a");
        await RollBackAsync(replica);
        await replica.ReadOnAsync();
        replica.Steps.Clear();

        await replica.ReadOnAsync();
        await KillAsync(await LogInAsync());
        await replica.ReadOnAsync();

        Assert.Empty(replica.Steps);
        Assert.Equal(await TailAsync(), replica.Denylist.Cursor);
    }

    [Fact]
    public async Task Another_store_is_told_of_the_revoked_keys_because_it_is_above_everything_else()
    {
        var replica = await StartAsync("a");
        await KillAsync(await LogInAsync());
        await _store.RevokeUserAsync(_user.Key, _user.Subject, KillReach.Everything, RevocationReason.Administrator, default, Cancelled);
        await _store.AppendAsync([Entries.Token with { Until = _clock.Now + s_retention }, Entries.Key with { Until = _clock.Now + s_retention }], Cancelled);
        await replica.ReadOnAsync();
        var highest = replica.Denylist.HighestGeneration;
        _clock.Advance(TimeSpan.FromSeconds(1));
        _store.Replace();

        await replica.ReadOnAsync();

        var page = await _store.ReadAsync(null, null, Cancelled);
        Assert.Equal(Entries.Key.KeyId, Assert.Single(page.Entries.OfType<RevocationEntry.Key>()).KeyId);
        Assert.True(Assert.IsType<RevocationEntry.All>(Assert.Single(page.Entries, entry => entry is not RevocationEntry.Key)).MinGeneration > highest);
        Assert.Equal((2L, page.Cursor.StoreId), (page.Cursor.Epoch, replica.Denylist.Cursor?.StoreId));
    }

    [Fact]
    public async Task A_store_is_never_told_less_than_everybodys_floor()
    {
        var replica = await StartAsync("a");
        var family = await LogInAsync();
        var backup = _store.TakeBackup();
        await _store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);
        await replica.ReadOnAsync();
        _store.Restore(backup);
        Assert.True(await IsAliveAsync(family));

        await replica.ReadOnAsync();

        Assert.False(await IsAliveAsync(family));
        Assert.True(await IsAliveAsync(await LogInAsync()));
    }

    [Fact]
    public async Task Seeing_only_another_epoch_gives_back_what_is_held_and_raises_nothing()
    {
        var replica = await StartAsync("a");
        await _store.RaiseEpochAsync((await TailAsync()).Epoch, Cancelled);

        await replica.ReadOnAsync();

        Assert.Equal(["read", "append"], replica.Steps);
        Assert.Equal(2, (await TailAsync()).Epoch);
        Assert.Equal(2, replica.Denylist.Cursor?.Epoch);
        Assert.False(replica.Healing.IsHealing);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("append")]
    [InlineData("raise")]
    public async Task Interrupted_healing_answers_nobody_and_is_resumed(string interrupted)
    {
        var replica = await StartAsync("a");
        var killed = await RollBackAsync(replica);
        replica.Before = step => FailAt(step == interrupted);

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(replica.ReadOnAsync);
        Assert.True(replica.Healing.IsHealing);

        replica.Before = _ => { };
        await replica.ReadOnAsync();
        Assert.False(replica.Healing.IsHealing);
        Assert.False(await IsAliveAsync(killed));
        Assert.Equal(await TailAsync(), replica.Denylist.Cursor! with { Positions = (await TailAsync()).Positions });
    }

    [Fact]
    public async Task Healing_whose_raise_happened_unheard_ends_without_a_second_one()
    {
        var replica = await StartAsync("a");
        await RollBackAsync(replica);
        replica.After = step => FailAt(step == "raise");

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(replica.ReadOnAsync);
        replica.After = _ => { };
        await replica.ReadOnAsync();

        Assert.Equal(2, (await TailAsync()).Epoch);
        Assert.False(replica.Healing.IsHealing);
    }

    [Fact]
    public async Task Several_issuers_heal_one_loss_together_and_lose_nothing_that_any_of_them_had_seen()
    {
        var replicas = new[] { await StartAsync("a"), await StartAsync("b"), await StartAsync("c") };
        var backup = _store.TakeBackup();
        var killed = new List<TokenFamily>();
        foreach (var replica in replicas)
        {
            // Each of them learns of one kill that the others have not read yet.
            killed.Add(await LogInAsync());
            await KillAsync(killed[^1]);
            await replica.ReadOnAsync();
        }

        _store.Restore(backup);
        for (var round = 0; round < 3; round++)
        {
            foreach (var replica in replicas)
            {
                await replica.ReadOnAsync();
            }
        }

        Assert.All(replicas, replica => Assert.All(killed, family => Assert.True(replica.Denylist.Lists(family.Session))));
        Assert.All(replicas, replica => Assert.False(replica.Healing.IsHealing));
        Assert.All(replicas, replica => Assert.Equal(replicas[0].Denylist.Cursor, replica.Denylist.Cursor));
        Assert.Equal(backup.Epoch + 1, (await TailAsync()).Epoch);
    }

    [Fact]
    public async Task Several_issuers_that_meet_another_store_raise_its_epoch_once()
    {
        var replicas = new[] { await StartAsync("a"), await StartAsync("b"), await StartAsync("c") };
        _store.Replace();
        var pages = await Task.WhenAll(replicas.Select(_ => _store.ReadAsync(null, null, Cancelled).AsTask()));

        foreach (var (replica, page) in replicas.Zip(pages))
        {
            await replica.Healing.MergeAsync(page, Cancelled);
        }

        Assert.Equal(2, (await TailAsync()).Epoch);
    }

    [Fact]
    public async Task A_log_rolled_back_with_its_epoch_ends_above_every_epoch_that_was_seen()
    {
        var backup = _store.TakeBackup();
        for (var epoch = 1; epoch < 5; epoch++)
        {
            await _store.RaiseEpochAsync(epoch, Cancelled);
        }

        var replica = await StartAsync("a");
        Assert.Equal(5, replica.Denylist.Cursor?.Epoch);
        _store.Restore(backup);

        await replica.ReadOnAsync();

        Assert.Equal(6, (await TailAsync()).Epoch);
        Assert.Equal(await TailAsync(), replica.Denylist.Cursor);
    }

    private async Task<Replica> StartAsync(string name)
    {
        var replica = new Replica(_store, _clock, _folder.PathOf(name));
        _replicas.Add(replica);
        await replica.ReadOnAsync();
        return replica;
    }

    /// <returns>A family that was killed, and lives again in the store that was rolled back.</returns>
    private async Task<TokenFamily> RollBackAsync(Replica replica)
    {
        var family = await LogInAsync();
        var backup = _store.TakeBackup();
        await KillAsync(family);
        await replica.ReadOnAsync();
        _store.Restore(backup);
        Assert.True(await IsAliveAsync(family));
        return family;
    }

    private async Task<TokenFamily> LogInAsync()
    {
        var standing = await _store.ReadUserAsync(_user.Key, default, Cancelled);
        return Assert.IsType<FamilyStarted.Started>(await _store.StartFamilyAsync(_user.Start(standing.Floors.Generation), default, Cancelled)).Family;
    }

    private Task<Killed> KillAsync(TokenFamily family) => _store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled);

    private async Task<bool> IsAliveAsync(TokenFamily family)
        => (await _store.ListFamiliesAsync(_user.Key, default, Cancelled)).Any(living => living.Session == family.Session);

    private async Task<LogCursor> TailAsync() => (await _store.ReadAsync(null, null, Cancelled)).Cursor;

    private static void FailAt(bool isReached)
    {
        if (isReached)
        {
            throw new TokenStoreUnavailableException();
        }
    }

    private static IEnumerable<string> Marks(IReadOnlyList<RevocationEntry> entries)
        => entries.Select(entry => (entry with { Id = string.Empty, Until = default }).ToString()).Order(StringComparer.Ordinal);
}
