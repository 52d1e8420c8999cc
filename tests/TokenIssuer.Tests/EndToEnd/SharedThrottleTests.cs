using System.Net;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Login throttling of two issuer processes that share a Redis.</summary>
public sealed class SharedThrottleTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task An_address_has_one_window_on_all_issuers_and_sessions_go_on()
    {
        using var site = new IssuerSite(
            ("RateLimits:Enabled", "true"), ("RateLimits:Login:PermitLimit", "3"), ("RateLimits:Login:Window", "01:00:00"),
            ("ConnectionStrings:Redis", $"{redis.Process.Address},keyPrefix=throttle,deadline=5000"));
        await using var first = await IssuerProcess.StartAsync(site);
        await using var second = await IssuerProcess.StartAnotherAsync(site);
        var tokens = await first.Client.LogInAsync("alice", "correct-horse-1");
        using var guess = await second.Client.TryLogInAsync("nobody", "guess");
        using var another = await first.Client.TryLogInAsync("bob", "guess");

        using var throttledThere = await second.Client.TryLogInAsync("bob", "correct-horse-2");
        using var throttledHere = await first.Client.TryLogInAsync("bob", "correct-horse-2");

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], new[] { guess.StatusCode, another.StatusCode });
        foreach (var throttled in new[] { throttledThere, throttledHere })
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, throttled.StatusCode);
            Assert.InRange(throttled.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, 1, 3600);
            Assert.Equal("too_many_requests", await IssuerClient.ErrorOfAsync(throttled));
        }

        Assert.True(await second.Client.IsRefreshableAsync(tokens));
    }
}
