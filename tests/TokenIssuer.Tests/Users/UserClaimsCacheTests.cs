using TokenIssuer.Families;
using TokenIssuer.Tests.Authority;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Users;

public sealed class UserClaimsCacheTests
{
    private readonly ManualClock _clock = new();
    private readonly TestDirectory _directory = new();
    private readonly UserClaimsCache _cache;

    public UserClaimsCacheTests()
    {
        _directory.Add("alice", "editor");
        _cache = new UserClaimsCache(new UserDirectory(_directory, _clock), _clock);
    }

    [Fact]
    public async Task Within_a_minute_and_a_generation_the_directory_is_asked_once()
    {
        await LoadAsync(generation: 1);
        _directory.SetRoles("alice", "admin");
        _clock.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal(["editor"], (await LoadAsync(generation: 1))?.Roles);
        Assert.Equal(1, _directory.Loads);
    }

    [Fact]
    public async Task After_a_minute_it_is_asked_again()
    {
        await LoadAsync(generation: 1);
        _directory.SetRoles("alice", "admin");
        _clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(["admin"], (await LoadAsync(generation: 1))?.Roles);
    }

    [Fact]
    public async Task A_raised_generation_asks_again_at_once()
    {
        await LoadAsync(generation: 1);
        _directory.SetRoles("alice", "admin");

        Assert.Equal(["admin"], (await LoadAsync(generation: 2))?.Roles);
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_keeps_nothing_longer()
    {
        await LoadAsync(generation: 1);
        _clock.Advance(TimeSpan.FromSeconds(60));
        _clock.Jump(TimeSpan.FromHours(-1));

        await LoadAsync(generation: 1);

        Assert.Equal(2, _directory.Loads);
    }

    [Fact]
    public async Task A_user_who_is_gone_is_not_remembered()
    {
        var subject = new Subject("gone");

        Assert.Null(await _cache.LoadAsync(subject, 1, TestContext.Current.CancellationToken));
        Assert.Null(await _cache.LoadAsync(subject, 1, TestContext.Current.CancellationToken));

        Assert.Equal(2, _directory.Loads);
    }

    [Fact]
    public async Task It_forgets_the_oldest_of_very_many()
    {
        await LoadAsync(generation: 0);
        for (var generation = 1; generation <= 20_000; generation++)
        {
            await LoadAsync(generation);
        }

        await LoadAsync(generation: 20_000);
        Assert.Equal(20_001, _directory.Loads);
        await LoadAsync(generation: 0);
        Assert.Equal(20_002, _directory.Loads);
    }

    private ValueTask<UserClaims?> LoadAsync(long generation)
        => _cache.LoadAsync(_directory.SubjectOf("alice"), generation, TestContext.Current.CancellationToken);
}
