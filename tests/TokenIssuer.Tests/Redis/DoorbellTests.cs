using TokenIssuer.Redis;
using TokenIssuer.Redis.Feed;

namespace TokenIssuer.Tests.Redis;

public sealed class DoorbellTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task What_the_client_library_forgot_is_listened_to_again()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var keys = new RedisKeys("forgotten", partitions: 2);
        using var connection = await server.Process.ConnectAsync();
        using var doorbell = new Doorbell(new LossAlarm(), TimeProvider.System);
        await doorbell.AttachAsync(connection, keys, cancelled);

        await connection.GetSubscriber().UnsubscribeAsync(keys.Doorbell(1));
        Assert.Equal(0, await connection.GetDatabase().PublishAsync(keys.Doorbell(1), string.Empty));
        await doorbell.AttachAsync(connection, keys, cancelled);
        foreach (var log in Enumerable.Range(0, 3))
        {
            Assert.Equal(1, await connection.GetDatabase().PublishAsync(keys.Doorbell(log), string.Empty));
            Assert.Equal([log], await doorbell.WaitAsync(s_patience, cancelled));
        }

        // Closing it politely would take the half minute that it gives to busy machines.
        await connection.CloseAsync(allowCommandsToComplete: false);
    }
}
