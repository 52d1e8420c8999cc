using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Revocation;

/// <summary>A start remembers nothing but the witness: is this the store that was left, and is it as far as it was?</summary>
public sealed class WitnessedStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ModelStore _store;
    private readonly TestUser _user = new();

    public WitnessedStartTests()
    {
        _store = new ModelStore(_clock);
        _store.Join(TimeSpan.FromMinutes(20));
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_first_start_has_no_witness_and_leaves_one()
    {
        await RunAsync("a", AssertNobodyIsDisowned);

        await AssertWitnessedAsync();
    }

    [Fact]
    public async Task A_start_without_a_witness_on_a_store_that_is_not_newborn_is_warned_of()
    {
        await RunAsync("newborn", replica => Assert.False(replica.Log.Has("NoWitness")));
        _clock.Advance(TimeSpan.FromMinutes(2));

        await RunAsync("newborn", replica => Assert.False(replica.Log.Has("NoWitness")));
        await RunAsync("lost", replica => Assert.True(replica.Log.Has("NoWitness")));
    }

    [Fact]
    public async Task A_start_without_a_witness_on_a_store_where_everything_was_killed_is_warned_of()
    {
        await _store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);

        await RunAsync("a", replica => Assert.True(replica.Log.Has("NoWitness")));
    }

    [Fact]
    public async Task A_generation_that_is_no_date_stops_no_start()
    {
        var page = await _store.ReadAsync(null, null, Cancelled);
        await using var replica = new Replica(_store, _clock, _folder.PathOf("a"));

        await replica.Healing.MergeAsync(
            page with { Entries = [.. page.Entries.Select(entry => entry is RevocationEntry.All all ? all with { MinGeneration = 1L << 53 } : entry)] }, Cancelled);

        Assert.True(replica.Denylist.IsLoaded);
        Assert.Equal(1L << 53, replica.Denylist.HighestGeneration);
    }

    [Fact]
    public async Task A_restart_on_the_store_that_was_left_ends_no_session()
    {
        await RunAsync("a", AssertNobodyIsDisowned);
        var family = await LogInAsync();
        await _store.RevokeFamilyAsync((await LogInAsync()).Session, RevocationReason.Logout, Cancelled);

        await RunAsync("a", AssertNobodyIsDisowned);

        Assert.True(await IsAliveAsync(family));
    }

    [Fact]
    public async Task A_store_behind_its_witness_is_disowned_and_everything_it_holds_is_dead()
    {
        var family = await LogInAsync();
        var backup = _store.TakeBackup();
        await _store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled);
        await RunAsync("a", AssertNobodyIsDisowned);
        _store.Restore(backup);
        Assert.True(await IsAliveAsync(family));

        await RunAsync("a", async replica =>
        {
            Assert.Equal(["disown", "read"], replica.Steps);
            Assert.True(replica.Denylist.KnowledgeOf(_user.Key).Floors.Floor > family.Birth);
            await replica.Audit.Received(1).WriteAsync(Arg.Is<AuditEvent>(one => one!.Type == AuditEventType.StoreLoss), Arg.Any<CancellationToken>());
        });

        Assert.False(await IsAliveAsync(family));
        Assert.True(await IsAliveAsync(await LogInAsync()));
    }

    [Fact]
    public async Task A_store_is_disowned_and_followed_though_the_audit_log_takes_nothing()
    {
        var backup = _store.TakeBackup();
        await _store.RevokeFamilyAsync((await LogInAsync()).Session, RevocationReason.Logout, Cancelled);
        await RunAsync("a", AssertNobodyIsDisowned);
        _store.Restore(backup);
        await using var replica = new Replica(_store, _clock, _folder.PathOf("a"));
        replica.Audit.WriteAsync(default!, default).ReturnsForAnyArgs(Task.FromException(new InvalidOperationException("no audit log")));

        await replica.ReadOnAsync();

        Assert.True(replica.Denylist.IsLoaded);
        Assert.True(replica.Log.Has("AuditEventKeptHere"));
    }

    [Fact]
    public async Task Of_many_issuers_that_start_on_a_restored_store_one_disowns_it()
    {
        var backup = _store.TakeBackup();
        await _store.RevokeFamilyAsync((await LogInAsync()).Session, RevocationReason.Logout, Cancelled);
        string[] issuers = ["a", "b", "c"];
        foreach (var issuer in issuers)
        {
            await RunAsync(issuer, AssertNobodyIsDisowned);
        }

        _store.Restore(backup);
        var page = await _store.ReadAsync(null, null, Cancelled);
        foreach (var issuer in issuers)
        {
            await using var replica = new Replica(_store, _clock, _folder.PathOf(issuer));
            await replica.Healing.MergeAsync(page, Cancelled);
        }

        var entries = (await _store.ReadAsync(page.Cursor with { Epoch = backup.Epoch + 1 }, null, Cancelled)).Entries;
        Assert.Single(entries, entry => entry is RevocationEntry.All { Reason: RevocationReason.StoreLoss });
        Assert.Equal(backup.Epoch + 1, (await TailAsync()).Epoch);
    }

    [Fact]
    public async Task Once_it_was_disowned_a_restored_store_is_not_disowned_again()
    {
        var backup = _store.TakeBackup();
        await _store.RevokeFamilyAsync((await LogInAsync()).Session, RevocationReason.Logout, Cancelled);
        await RunAsync("a", AssertNobodyIsDisowned);
        await RunAsync("b", AssertNobodyIsDisowned);
        _store.Restore(backup);
        await RunAsync("a", replica => Assert.Equal(["disown", "read"], replica.Steps));
        var family = await LogInAsync();

        await RunAsync("b", AssertNobodyIsDisowned);
        await RunAsync("a", AssertNobodyIsDisowned);

        Assert.True(await IsAliveAsync(family));
    }

    [Fact]
    public async Task A_start_interrupted_after_disowning_answers_nobody_until_it_has_read_the_log()
    {
        var backup = _store.TakeBackup();
        await _store.RevokeFamilyAsync((await LogInAsync()).Session, RevocationReason.Logout, Cancelled);
        await RunAsync("a", AssertNobodyIsDisowned);
        _store.Restore(backup);
        await using var replica = new Replica(_store, _clock, _folder.PathOf("a"));
        replica.Before = step =>
        {
            if (step == "read")
            {
                throw new TokenStoreUnavailableException();
            }
        };

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(replica.ReadOnAsync);
        Assert.False(replica.Denylist.IsLoaded);

        replica.Before = _ => { };
        await replica.ReadOnAsync();
        Assert.True(replica.Denylist.IsLoaded);
        Assert.Equal(["disown"], replica.Steps);
    }

    [Fact]
    public async Task Another_store_than_the_witness_knows_is_taken_as_new_and_the_witness_is_replaced()
    {
        await RunAsync("a", AssertNobodyIsDisowned);
        _clock.Advance(TimeSpan.FromMinutes(1));
        _store.Replace();
        var family = await LogInAsync();

        await RunAsync("a", AssertNobodyIsDisowned);

        Assert.True(await IsAliveAsync(family));
        await AssertWitnessedAsync();
    }

    [Fact]
    public async Task Another_store_that_begins_below_what_was_witnessed_is_disowned()
    {
        await _store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);
        var lost = await LogInAsync();
        await RunAsync("a", AssertNobodyIsDisowned);
        _store.Replace();
        Assert.True((await _store.ReadUserAsync(_user.Key, default, Cancelled)).Floors.Floor < lost.Birth);

        await RunAsync("a", async replica =>
        {
            Assert.Equal(["disown", "read"], replica.Steps);
            Assert.True(replica.Denylist.KnowledgeOf(_user.Key).Floors.Generation > lost.Birth);
            await replica.Audit.Received(1).WriteAsync(Arg.Is<AuditEvent>(one => one!.Type == AuditEventType.StoreLoss), Arg.Any<CancellationToken>());
        });

        await RunAsync("a", AssertNobodyIsDisowned);
        Assert.True(await IsAliveAsync(await LogInAsync()));
    }

    [Fact]
    public async Task What_was_witnessed_of_a_store_outlives_the_entries_that_told_it()
    {
        var floors = (await _store.ReadUserAsync(_user.Key, default, Cancelled)).Floors;
        var ahead = UserFloors.All(floors.Generation + 3_600_000);
        await _store.AppendAsync([new RevocationEntry.User(_user.Key, _user.Subject, ahead, RevocationReason.Logout, default)], Cancelled);
        await RunAsync("a", AssertNobodyIsDisowned);
        _clock.Advance(TimeSpan.FromMinutes(21));
        await RunAsync("a", AssertNobodyIsDisowned);
        _store.Replace();

        await RunAsync("a", replica => Assert.True(replica.Denylist.KnowledgeOf(_user.Key).Floors.Generation > ahead.Generation));
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertWitnessedAsync()
    {
        var page = await _store.ReadAsync(null, null, Cancelled);
        var all = page.Entries.OfType<RevocationEntry.All>().Single().MinGeneration;
        Assert.Equal(new Sighting(page.Cursor, all), Sighting.Parse(await File.ReadAllTextAsync(_folder.PathOf("a"), Cancelled)));
    }

    private static void AssertNobodyIsDisowned(Replica replica)
    {
        Assert.Empty(replica.Steps);
        Assert.True(replica.Denylist.IsLoaded);
    }

    private Task RunAsync(string witness, Action<Replica> check) => RunAsync(witness, replica =>
    {
        check(replica);
        return Task.CompletedTask;
    });

    /// <summary>One life of an issuer: it starts, and stops in good order.</summary>
    private async Task RunAsync(string witness, Func<Replica, Task> check)
    {
        await using var replica = new Replica(_store, _clock, _folder.PathOf(witness));
        await replica.ReadOnAsync();
        await check(replica);
    }

    private async Task<TokenFamily> LogInAsync()
    {
        var standing = await _store.ReadUserAsync(_user.Key, default, Cancelled);
        return Assert.IsType<FamilyStarted.Started>(await _store.StartFamilyAsync(_user.Start(standing.Floors.Generation), default, Cancelled)).Family;
    }

    private async Task<bool> IsAliveAsync(TokenFamily family)
        => (await _store.ListFamiliesAsync(_user.Key, default, Cancelled)).Any(living => living.Session == family.Session);

    private async Task<LogCursor> TailAsync() => (await _store.ReadAsync(null, null, Cancelled)).Cursor;
}
