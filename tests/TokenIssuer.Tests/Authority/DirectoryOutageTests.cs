using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Authority;

/// <summary>A user directory that is away for longer than any window: whoever refreshes meanwhile is told to come back, and can.</summary>
public abstract class DirectoryOutageTests
{
    private static readonly TimeSpan s_longerThanTheWindow = TimeSpan.FromSeconds(31);

    [Fact]
    public async Task What_was_refused_while_the_directory_was_away_works_afterwards()
    {
        await using var issuer = await StartAsync();
        var (inFlight, waiting) = (await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
        await FailAsync(issuer, inFlight.RefreshToken);

        await RefuseAsync(issuer, waiting.RefreshToken);
        issuer.Clock.Advance(s_longerThanTheWindow);
        await RefuseAsync(issuer, waiting.RefreshToken);
        issuer.Clock.Advance(TimeSpan.FromMinutes(10));
        await RefuseAsync(issuer, waiting.RefreshToken);
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;

        var successor = await issuer.RefreshAsync(waiting.RefreshToken);
        Assert.True(await issuer.IsAliveAsync(successor.RefreshToken));
    }

    [Fact]
    public async Task Many_who_refresh_at_once_while_it_is_away_lose_nothing()
    {
        await using var issuer = await StartAsync();
        var inFlight = await issuer.LogInAsync();
        var waiting = new List<TokenAnswer>();
        for (var session = 0; session < 10; session++)
        {
            waiting.Add(await issuer.LogInAsync("bob"));
        }

        await FailAsync(issuer, inFlight.RefreshToken);
        await Task.WhenAll(waiting.Select(answer => RefuseAsync(issuer, answer.RefreshToken)));
        issuer.Clock.Advance(s_longerThanTheWindow);
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;

        Assert.All(await Task.WhenAll(waiting.Select(answer => issuer.IsAliveAsync(answer.RefreshToken))), Assert.True);
    }

    [Fact]
    public async Task A_directory_that_comes_and_goes_costs_only_the_refresh_that_it_fell_under()
    {
        await using var issuer = await StartAsync();
        var (inFlight, waiting) = (await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
        await FailAsync(issuer, inFlight.RefreshToken);
        for (var fall = 0; fall < 3; fall++)
        {
            issuer.Directory.BeforeLoading = () => Task.CompletedTask;
            await issuer.LogInAsync("carol");
            issuer.Directory.BeforeLoading = Fall;
            await RefuseAsync(issuer, waiting.RefreshToken);
            issuer.Clock.Advance(TimeSpan.FromSeconds(20));
        }

        issuer.Clock.Advance(s_longerThanTheWindow);
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;

        Assert.True(await issuer.IsAliveAsync(waiting.RefreshToken));
    }

    [Fact]
    public async Task An_answer_that_was_on_its_way_when_the_directory_fell_ends_no_doubt()
    {
        await using var issuer = await StartAsync();
        var (inFlight, waiting) = (await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
        var (asked, slow) = (new TaskCompletionSource(), new TaskCompletionSource());
        issuer.Directory.BeforeLoading = () =>
        {
            asked.SetResult();
            return slow.Task;
        };
        var onItsWay = issuer.TryLogInAsync("carol");
        await asked.Task.WaitAsync(TestContext.Current.CancellationToken);
        await FailAsync(issuer, inFlight.RefreshToken);
        issuer.Clock.Advance(s_longerThanTheWindow);

        slow.SetResult();
        Assert.IsType<LoginOutcome.LoggedIn>(await onItsWay);
        await RefuseAsync(issuer, waiting.RefreshToken);
        issuer.Clock.Advance(s_longerThanTheWindow);
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;

        Assert.True(await issuer.IsAliveAsync(waiting.RefreshToken));
    }

    [Fact]
    public async Task A_directory_that_hangs_until_callers_leave_is_in_doubt_as_well()
    {
        await using var issuer = await StartAsync();
        var (inFlight, waiting) = (await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
        issuer.Clock.Advance(TimeSpan.FromMinutes(1));
        using var patience = new CancellationTokenSource();
        issuer.Directory.BeforeLoading = async () =>
        {
            await patience.CancelAsync();
            patience.Token.ThrowIfCancellationRequested();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => issuer.Authority.RefreshAsync(inFlight.RefreshToken, Issuer.Request, null, patience.Token));
        issuer.Directory.BeforeLoading = Fall;
        await RefuseAsync(issuer, waiting.RefreshToken);
        issuer.Clock.Advance(s_longerThanTheWindow);
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;

        Assert.True(await issuer.IsAliveAsync(waiting.RefreshToken));
    }

    [Fact]
    public async Task In_good_times_a_refresh_is_one_step_of_the_store_and_again_once_the_doubt_is_over()
    {
        await using var issuer = await StartAsync();
        var (inFlight, other) = (await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
        var store = Substitute.For<ITokenFamilyStore>();
        store.RotateAsync(default!, default, default).ReturnsForAnyArgs(
            call => issuer.Store.RotateAsync(call.Arg<RotationRequest>(), call.Arg<Knowledge>(), CancellationToken.None));
        store.ReadUserAsync(default, default, default).ReturnsForAnyArgs(
            call => issuer.Store.ReadUserAsync(call.Arg<UserKey>(), call.Arg<Knowledge>(), CancellationToken.None));
        var authority = issuer.AuthorityOn(store);

        other = await RefreshAsync(other);
        await store.DidNotReceiveWithAnyArgs().ReadUserAsync(default, default, default);
        issuer.Directory.BeforeLoading = Fall;
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(
            () => authority.RefreshAsync(inFlight.RefreshToken, Issuer.Request, null, CancellationToken.None));
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;
        issuer.Clock.Advance(TimeSpan.FromMinutes(2));
        other = await RefreshAsync(other);
        await store.ReceivedWithAnyArgs(1).ReadUserAsync(default, default, default);

        await RefreshAsync(other);
        await store.ReceivedWithAnyArgs(1).ReadUserAsync(default, default, default);

        async Task<TokenAnswer> RefreshAsync(TokenAnswer answer) => Assert.IsType<RefreshOutcome.Refreshed>(
            await authority.RefreshAsync(answer.RefreshToken, Issuer.Request, null, CancellationToken.None)).Answer;
    }

    private protected abstract StoreUnderTest CreateStores();

    private static Task Fall() => throw new IOException("The directory is down.");

    private static Task<TokenStoreUnavailableException> RefuseAsync(Issuer issuer, RefreshToken token)
        => Assert.ThrowsAsync<TokenStoreUnavailableException>(() => issuer.TryRefreshAsync(token));

    /// <summary>The directory falls under this refresh: its rotation has happened already.</summary>
    private static Task<TokenStoreUnavailableException> FailAsync(Issuer issuer, RefreshToken token)
    {
        issuer.Directory.BeforeLoading = Fall;
        return RefuseAsync(issuer, token);
    }

    private async Task<Issuer> StartAsync()
    {
        var issuer = await Issuer.StartAsync(CreateStores());
        issuer.Directory.Add("bob");
        issuer.Directory.Add("carol");
        return issuer;
    }
}
