using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Tests.Validation;

public sealed class TokenLifetimeTests
{
    [Fact]
    public async Task A_stream_ends_when_its_session_is_revoked()
    {
        await using var api = await StartAsync();
        var session = TestIssuer.NewSession("alice");
        using var stream = await api.GetAsync("/stream", api.Issuer.Mint(session: session));
        using var body = new StreamReader(await stream.Content.ReadAsStreamAsync());
        var first = await body.ReadLineAsync();

        api.LearnThatSessionEnded(session);
        var rest = await body.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Equal("open", first);
        Assert.Equal(string.Empty, rest);
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_expires()
    {
        await using var api = await StartAsync();
        using var stream = await api.GetAsync("/stream", api.Issuer.Mint());
        using var body = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await body.ReadLineAsync();

        var reading = body.ReadToEndAsync(TestContext.Current.CancellationToken);
        for (var second = 0; second < 312; second++)
        {
            api.Denylist.Merge(FakeFeed.Heartbeat());
            api.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(string.Empty, await reading);
    }

    [Fact]
    public async Task A_stream_ends_when_nobody_can_tell_any_more_whether_it_may_go_on()
    {
        await using var api = await StartAsync();
        using var stream = await api.GetAsync("/stream", api.Issuer.Mint());
        using var body = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await body.ReadLineAsync();

        api.Clock.Advance(TimeSpan.FromSeconds(32));

        Assert.Equal(string.Empty, await body.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_users_stream_goes_on()
    {
        await using var api = await StartAsync();
        using var stream = await api.GetAsync("/stream", api.Issuer.Mint("bob"));
        using var body = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await body.ReadLineAsync();

        api.LearnThatSessionEnded(TestIssuer.NewSession("alice"));
        api.Clock.Advance(TimeSpan.FromSeconds(5));
        var reading = body.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.False(reading.IsCompleted);
        Assert.Equal(1, api.Services.GetRequiredService<TokenLeases>().Count);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_heed_its_end_is_cut_off()
    {
        await using var api = await StartAsync();
        var session = TestIssuer.NewSession("alice");
        using var stream = await api.GetAsync("/deaf", api.Issuer.Mint(session: session));
        using var body = new StreamReader(await stream.Content.ReadAsStreamAsync());
        await body.ReadLineAsync();

        api.LearnThatSessionEnded(session);
        var reading = body.ReadToEndAsync(TestContext.Current.CancellationToken);
        while (!reading.IsCompleted)
        {
            await Task.Yield();
            api.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await Assert.ThrowsAnyAsync<Exception>(() => reading);
    }

    [Fact]
    public async Task A_lifetime_is_closed_with_its_request()
    {
        await using var api = await StartAsync();

        using var answer = await api.GetAsync("/brief", api.Issuer.Mint());
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "true"), (answer.StatusCode, body));
        Assert.Equal(0, api.Services.GetRequiredService<TokenLeases>().Count);
    }

    [Fact]
    public async Task A_request_without_a_token_has_the_lifetime_of_the_request()
    {
        await using var api = await StartAsync();

        using var answer = await api.GetAsync("/brief-open");

        Assert.Equal("True", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Background_work_holds_a_lease_on_its_principal()
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = await api.Services.GetRequiredService<AccessTokenReader>().ReadIgnoringLifetimeAsync(api.Issuer.Mint(session: session), CancellationToken.None);
        var principal = token?.CreatePrincipal() ?? throw new InvalidOperationException();
        var leases = api.Services.GetRequiredService<TokenLeases>();

        await using var lease = leases.Take(principal.Clone());
        var before = lease.Ended.IsCancellationRequested;
        api.LearnThatSessionEnded(session);
        await using var late = leases.Take(principal);

        Assert.False(before);
        Assert.True(lease.Ended.IsCancellationRequested);
        Assert.True(late.Ended.IsCancellationRequested);
        Assert.Throws<InvalidOperationException>(() => leases.Take(new ClaimsPrincipal()));
    }

    private static Task<TestApi> StartAsync() => TestApi.StartAsync(map: app =>
    {
        app.MapGet("/stream", async (HttpContext context, CancellationToken ended) =>
        {
            await context.Response.WriteAsync("open\n", ended);
            await context.Response.Body.FlushAsync(ended);
            await Task.Delay(Timeout.InfiniteTimeSpan, ended);
        }).RequireAuthorization().EndWithToken();
        app.MapGet("/deaf", async (HttpContext context) =>
        {
            var gone = new TaskCompletionSource();
            await context.Response.WriteAsync("open\n", CancellationToken.None);
            await context.Response.Body.FlushAsync(CancellationToken.None);
            await gone.Task.WaitAsync(TimeSpan.FromSeconds(5));
        }).RequireAuthorization().EndWithToken();
        app.MapGet("/brief", (HttpContext context) => context.GetTokenLifetime() == context.GetTokenLifetime()).RequireAuthorization();
        app.MapGet("/brief-open", (HttpContext context) => (context.GetTokenLifetime() == context.RequestAborted).ToString()).AllowAnonymous();
    });
}
