using System.Net;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>The story that everything stands on, in real processes: an issuer and an API.</summary>
public sealed class MainJobTests
{
    [Fact]
    public async Task A_user_signs_in_calls_the_api_refreshes_and_signs_out_for_good()
    {
        using var site = new IssuerSite();
        await using var issuer = await IssuerProcess.StartAsync(site);
        await using var api = await NotesApiProcess.StartAsync(issuer);

        var first = await issuer.Client.LogInAsync("alice", "correct-horse-1");
        Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(first));
        var second = await issuer.Client.RefreshAsync(first);
        Assert.Equal(HttpStatusCode.OK, await api.GetNotesAsync(second));
        await issuer.Client.LogOutAsync(second);

        await api.AssertRefusesAsync(second);
        Assert.Equal(HttpStatusCode.Unauthorized, await api.GetNotesAsync(first));
        Assert.Equal(HttpStatusCode.Unauthorized, await issuer.Client.GetMeAsync(second));
        Assert.False(await issuer.Client.IsRefreshableAsync(second));
        Assert.False(await issuer.Client.IsRefreshableAsync(first));
    }

    [Fact]
    public async Task Revoked_stays_revoked_across_a_restart_and_the_living_live_on()
    {
        using var site = new IssuerSite();
        IssuedTokens dead, alive;
        await using (var before = await IssuerProcess.StartAsync(site))
        {
            dead = await before.Client.LogInAsync("alice", "correct-horse-1");
            alive = await before.Client.LogInAsync("alice", "correct-horse-1");
            await before.Client.LogOutAsync(dead);
            await before.StopAsync();
        }

        await using var after = await IssuerProcess.StartAsync(site);

        Assert.Equal(HttpStatusCode.Unauthorized, await after.Client.GetMeAsync(dead));
        Assert.False(await after.Client.IsRefreshableAsync(dead));
        Assert.Equal(HttpStatusCode.OK, await after.Client.GetMeAsync(alive));
        Assert.True(await after.Client.IsRefreshableAsync(alive));
    }

    [Fact]
    public async Task A_new_password_holds_when_the_process_is_killed_in_the_moment_it_is_answered()
    {
        using var site = new IssuerSite();
        IssuedTokens old, fresh;
        await using (var before = await IssuerProcess.StartAsync(site))
        {
            old = await before.Client.LogInAsync("alice", "correct-horse-1");
            fresh = await before.Client.ChangePasswordAsync(old, "correct-horse-1", "another pot of tea");
            await before.KillAsync();
        }

        await using var after = await IssuerProcess.StartAsync(site);

        Assert.False(await after.Client.IsRefreshableAsync(old));
        Assert.True(await after.Client.IsRefreshableAsync(fresh));
        using var withOld = await after.Client.TryLogInAsync("alice", "correct-horse-1");
        using var withNew = await after.Client.TryLogInAsync("alice", "another pot of tea");
        Assert.Equal(HttpStatusCode.Unauthorized, withOld.StatusCode);
        Assert.Equal(HttpStatusCode.OK, withNew.StatusCode);
    }
}
