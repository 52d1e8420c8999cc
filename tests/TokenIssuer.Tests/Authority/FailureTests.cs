using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Authority;

/// <summary>Our failures: nothing is lost, nobody is let in, and a retry gets what the first try would have got.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task A_refresh_whose_answer_the_store_lost_gets_the_same_child_on_retry()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        RotationVerdict? unheard = null;
        var store = Substitute.For<ITokenFamilyStore>();
        store.RotateAsync(default!, default, default).ReturnsForAnyArgs(async Task<Rotation> (call) =>
        {
            unheard = (await issuer.Store.RotateAsync(call.Arg<RotationRequest>(), call.Arg<Knowledge>(), CancellationToken.None)).Verdict;
            throw new TokenStoreUnavailableException();
        });

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(
            () => issuer.AuthorityOn(store).RefreshAsync(first.RefreshToken, Issuer.Request, null, CancellationToken.None));
        var retried = await issuer.RefreshAsync(first.RefreshToken);

        Assert.Equal(RotationVerdict.Rotated, unheard);
        Assert.Equal(retried.RefreshToken, (await issuer.RefreshAsync(first.RefreshToken)).RefreshToken);
        Assert.NotEqual(retried.RefreshToken, (await issuer.RefreshAsync(retried.RefreshToken)).RefreshToken);
    }

    [Fact]
    public async Task A_refresh_that_never_reached_the_store_can_be_tried_again()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var store = Substitute.For<ITokenFamilyStore>();
        store.RotateAsync(default!, default, default).ReturnsForAnyArgs(Task.FromException<Rotation>(new TokenStoreUnavailableException()));

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(
            () => issuer.AuthorityOn(store).RefreshAsync(first.RefreshToken, Issuer.Request, null, CancellationToken.None));
        issuer.Clock.Advance(TimeSpan.FromMinutes(20));

        Assert.True(await issuer.IsAliveAsync(first.RefreshToken));
    }

    [Fact]
    public async Task A_refresh_that_failed_after_its_rotation_gets_the_same_child_on_retry()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        issuer.Directory.BeforeLoading = () => throw new IOException("The directory is down.");

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => issuer.TryRefreshAsync(first.RefreshToken));
        issuer.Directory.BeforeLoading = () => Task.CompletedTask;
        var retried = await issuer.RefreshAsync(first.RefreshToken);

        Assert.Equal(retried.RefreshToken, (await issuer.RefreshAsync(first.RefreshToken)).RefreshToken);
        Assert.True(await issuer.IsAliveAsync(retried.RefreshToken));
    }

    [Fact]
    public async Task A_directory_that_is_down_refuses_nobody_for_good()
    {
        await using var issuer = await Issuer.StartAsync();
        issuer.Directory.AfterVerifying = () => throw new IOException("The directory is down.");

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => issuer.TryLogInAsync());

        issuer.Directory.AfterVerifying = () => Task.CompletedTask;
        await issuer.LogInAsync();
    }

    [Fact]
    public async Task Before_the_log_was_read_nobody_is_signed_in_or_refreshed()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        await using var fresh = await issuer.JoinUnreadAsync();

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => fresh.TryLogInAsync());
        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => fresh.TryRefreshAsync(first.RefreshToken));

        await fresh.FollowAsync();
        await fresh.LogInAsync();
        Assert.True(await fresh.IsAliveAsync(first.RefreshToken));
    }

    [Fact]
    public async Task A_revocation_that_could_not_be_stored_is_not_acknowledged()
    {
        await using var issuer = await Issuer.StartAsync();
        var first = await issuer.LogInAsync();
        var store = Substitute.For<ITokenFamilyStore>();
        store.RevokeFamilyAsync(default, default, default).ReturnsForAnyArgs(Task.FromException<Killed>(new TokenStoreUnavailableException()));

        await Assert.ThrowsAsync<TokenStoreUnavailableException>(() => issuer.AuthorityOn(store).RevokeAsync(
            new RevocationTarget.Session(first.SessionId), RevocationReason.Logout, CancellationToken.None));

        Assert.True(await issuer.IsAliveAsync(first.RefreshToken));
    }

    [Fact]
    public async Task A_store_that_was_rolled_back_answers_nobody_until_it_is_healed_and_revives_nobody()
    {
        var stores = new ModelUnderTest();
        await using var issuer = await Issuer.StartAsync(stores);
        var (loggedOut, other) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        var backup = stores.Model.TakeBackup();
        await issuer.RevokeAsync(new RevocationTarget.Session(loggedOut.SessionId), RevocationReason.Logout);
        await issuer.FollowAsync();
        stores.Model.Restore(backup);

        await Assert.ThrowsAsync<TokenStoreLossException>(() => issuer.TryRefreshAsync(other.RefreshToken));
        await Assert.ThrowsAsync<TokenStoreLossException>(() => issuer.TryLogInAsync());
        Assert.False(await issuer.IsAliveAsync(loggedOut.RefreshToken));

        await issuer.FollowAsync();
        Assert.True(await issuer.IsAliveAsync(other.RefreshToken));
        Assert.False(await issuer.IsAliveAsync(loggedOut.RefreshToken));
        Assert.False(issuer.IsAlive(loggedOut.AccessToken));
        await using var joined = await issuer.JoinAsync();
        Assert.False(await joined.IsAliveAsync(loggedOut.RefreshToken));
        Assert.False(joined.IsAlive(loggedOut.AccessToken));
    }

    [Fact]
    public async Task A_store_that_lost_rotations_continues_from_the_token_that_the_client_holds()
    {
        var stores = new ModelUnderTest();
        await using var issuer = await Issuer.StartAsync(stores);
        var first = await issuer.LogInAsync();
        var backup = stores.Model.TakeBackup();
        var second = await issuer.RefreshAsync(first.RefreshToken);
        var third = await issuer.RefreshAsync(second.RefreshToken);
        stores.Model.Restore(backup);
        issuer.Clock.Advance(TimeSpan.FromMinutes(5));

        var fourth = await issuer.RefreshAsync(third.RefreshToken);

        issuer.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True(await issuer.IsAliveAsync(fourth.RefreshToken));
        issuer.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.IsType<RefreshOutcome.Reused>(await issuer.TryRefreshAsync(first.RefreshToken));
    }

    [Fact]
    public async Task An_emptied_store_signs_everybody_out_even_if_generations_were_ahead_of_time()
    {
        var stores = new ModelUnderTest();
        await using var issuer = await Issuer.StartAsync(stores);
        var (living, loggedOut) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        await issuer.RevokeAsync(new RevocationTarget.Session(loggedOut.SessionId), RevocationReason.Logout);
        await issuer.Store.RevokeAllAsync(RevocationReason.Administrator, 0, CancellationToken.None);
        await issuer.FollowAsync();
        living = await issuer.LogInAsync();
        Assert.True(issuer.IsAlive(living.AccessToken));
        stores.Model.Replace();

        await Assert.ThrowsAsync<TokenStoreLossException>(() => issuer.TryRefreshAsync(living.RefreshToken));
        await issuer.FollowAsync();

        Assert.All(new[] { living, loggedOut }, answer => Assert.False(issuer.IsAlive(answer.AccessToken)));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await issuer.TryRefreshAsync(living.RefreshToken));
        Assert.True(issuer.IsAlive((await issuer.LogInAsync()).AccessToken));
    }

    [Fact]
    public async Task A_store_emptied_between_two_runs_signs_everybody_out_even_if_generations_were_ahead_of_time()
    {
        var stores = new ModelUnderTest();
        await using var issuer = await Issuer.StartAsync(stores);
        await issuer.RevokeAsync(new RevocationTarget.Everything());
        await issuer.FollowAsync();
        var (living, loggedOut) = (await issuer.LogInAsync(), await issuer.LogInAsync());
        await issuer.RevokeAsync(new RevocationTarget.Session(loggedOut.SessionId), RevocationReason.Logout);
        await issuer.FollowAsync();
        Assert.Equal((true, false), (issuer.IsAlive(living.AccessToken), issuer.IsAlive(loggedOut.AccessToken)));
        stores.Model.Replace();

        await using var restarted = await issuer.RestartAsync();

        Assert.All(new[] { living, loggedOut }, answer => Assert.False(restarted.IsAlive(answer.AccessToken)));
        Assert.IsType<RefreshOutcome.InvalidGrant>(await restarted.TryRefreshAsync(living.RefreshToken));
        var anew = await restarted.LogInAsync();
        await using var joined = await restarted.JoinAsync();
        Assert.All(new[] { restarted, joined }, node => Assert.True(node.IsAlive(anew.AccessToken)));
    }
}
