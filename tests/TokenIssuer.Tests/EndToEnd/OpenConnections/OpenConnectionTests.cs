using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;
using TokenIssuer.Tests.Validation.Surfaces;

namespace TokenIssuer.Tests.EndToEnd.OpenConnections;

/// <summary>What was opened at an API ends when its session is revoked at another issuer than the one the API follows.</summary>
public abstract class OpenConnectionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private protected abstract Deployment Processes { get; }

    /// <summary>The stream ticks each second. Counted in its own ticks, so that a slow machine slows the measure as well.</summary>
    [Fact]
    public async Task A_stream_is_closed_within_two_ticks_of_the_revocation()
    {
        var (mine, other) = (await LogInAsync(), await LogInAsync());
        await using var stream = await TickStream.OpenAsync(Processes.Apis[1], mine);
        await using var control = await TickStream.OpenAsync(Processes.Apis[1], other);
        Assert.True(await stream.ReadTickAsync());

        await Processes.First.Client.LogOutAsync(mine);
        var ticks = 0;
        while (await stream.ReadTickAsync())
        {
            ticks++;
        }

        Assert.InRange(ticks, 0, 2);
        for (var i = 0; i < ticks + 3; i++)
        {
            Assert.True(await control.ReadTickAsync(), "The stream of another session has ended as well.");
        }
    }

    [Fact]
    public async Task A_socket_and_a_hub_are_closed_by_the_revocation()
    {
        var (mine, other) = (await LogInAsync(), await LogInAsync());
        await using var api = await SocketApi.StartAsync(Processes.Second.Address);
        await using var socket = await api.OpenSocketAsync(mine.AccessToken);
        await using var hub = await api.OpenHubAsync(mine.AccessToken);
        await using var control = await api.OpenHubAsync(other.AccessToken);
        Assert.True(await AnswersAsync(socket) && await AnswersAsync(hub) && await AnswersAsync(control));

        await Processes.First.Client.LogOutAsync(mine);

        await Eventually.TrueAsync(async () => !await AnswersAsync(socket), s_patience);
        await Eventually.TrueAsync(async () => !await AnswersAsync(hub), s_patience);
        Assert.True(await AnswersAsync(control));
    }

    private Task<IssuedTokens> LogInAsync() => Processes.First.Client.LogInAsync("bob", "correct-horse-2");

    private static Task<bool> AnswersAsync(Surface surface) => surface.AnswersAsync(TestContext.Current.CancellationToken);
}
