using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

/// <summary>The clock of the host, which is the store's, is set ahead and back.</summary>
public sealed class SqliteClockTests : IAsyncDisposable
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private readonly SqliteUnderTest _stores = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clock_that_is_ahead_for_a_while_costs_nobody_a_session_an_api_token_or_an_entry()
    {
        var store = _stores.Open();
        var user = new TestUser();
        var family = await LogInAsync(store, user);
        var token = await AddApiTokenAsync(store, user);
        var killed = (await store.RevokeFamilyAsync((await LogInAsync(store, user)).Session, RevocationReason.Logout, Cancelled)).Entries[0];

        _stores.Clock.Jump(s_day);
        await LogInAsync(store, user);
        await LogInAsync(store, new TestUser());
        await AddApiTokenAsync(store, user);
        await store.RevokeFamilyAsync((await LogInAsync(store, user)).Session, RevocationReason.Logout, Cancelled);
        var during = (await store.ReadAsync(null, null, Cancelled)).Entries;
        _stores.Clock.Jump(-s_day);

        Assert.Contains(family.Session, (await store.ListFamiliesAsync(user.Key, default, Cancelled)).Select(living => living.Session));
        Assert.Contains(token.Id, (await store.ListApiTokensAsync(user.Key, default, Cancelled)).Select(living => living.Id));
        Assert.Contains(killed, during);
        Assert.Contains(killed, (await store.ReadAsync(null, null, Cancelled)).Entries);
    }

    [Fact]
    public async Task An_entry_counts_from_the_latest_time_of_any_step_and_a_page_says_so()
    {
        var store = _stores.Open();
        var retention = new TokenIssuerOptions().Retention;
        _stores.Clock.Jump(TimeSpan.FromHours(1));
        var family = await LogInAsync(store, new TestUser());
        _stores.Clock.Jump(TimeSpan.FromHours(-1));

        var entry = (await store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled)).Entries[0];
        var ahead = (await store.ReadAsync(null, null, Cancelled)).Retention;
        _stores.Clock.Advance(TimeSpan.FromHours(2));
        var later = (await store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled)).Entries[0];

        Assert.Equal(family.CreatedAt + retention, entry.Until);
        Assert.Equal((retention + TimeSpan.FromHours(1), retention), (ahead, (await store.ReadAsync(null, null, Cancelled)).Retention));
        Assert.Equal(_stores.Clock.Now + retention, later.Until);
    }

    [Fact]
    public async Task A_clock_that_was_years_ahead_makes_no_entry_last_for_years()
    {
        var store = _stores.Open();
        _stores.Clock.Jump(TimeSpan.FromDays(3650));
        var family = await LogInAsync(store, new TestUser());
        _stores.Clock.Jump(TimeSpan.FromDays(-3650));

        var entry = (await store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled)).Entries[0];

        Assert.Equal(_stores.Clock.Now + s_day + new TokenIssuerOptions().Retention, entry.Until);
    }

    public ValueTask DisposeAsync() => _stores.DisposeAsync();

    private static async Task<TokenFamily> LogInAsync(SqliteTokenFamilyStore store, TestUser user)
    {
        var generation = (await store.ReadUserAsync(user.Key, default, Cancelled)).Floors.Generation;
        return Assert.IsType<FamilyStarted.Started>(await store.StartFamilyAsync(user.Start(generation), default, Cancelled)).Family;
    }

    private async Task<ApiTokenRecord> AddApiTokenAsync(SqliteTokenFamilyStore store, TestUser user)
    {
        var standing = await store.ReadUserAsync(user.Key, default, Cancelled);
        var token = new ApiTokenRecord(
            ApiTokenId.New(user.Key), user.Subject, "script", Scope.None, FamilySecret.New().Hash(), standing.Floors.ApiFloor,
            _stores.Clock.Now, _stores.Clock.Now + TimeSpan.FromHours(1), LastUsedAt: null);
        Assert.Equal(ApiTokenAdded.Added, await store.AddApiTokenAsync(token, max: 10, default, Cancelled));
        return token;
    }
}
