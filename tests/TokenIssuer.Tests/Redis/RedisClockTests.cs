using TokenIssuer.Redis.Connections;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

public sealed class RedisClockTests
{
    private readonly ManualClock _host = new();
    private readonly RedisClock _clock;

    public RedisClockTests() => _clock = new RedisClock(_host);

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public void A_reply_that_contradicts_the_offset_replaces_it_however_long_it_took(int seconds)
    {
        Ask(TimeSpan.Zero, TimeSpan.FromMilliseconds(2));

        Ask(TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(40));

        Assert.Equal(seconds, _clock.Offset.TotalSeconds, 0.05);
    }

    [Fact]
    public void A_slow_reply_that_agrees_as_far_as_it_can_tell_changes_nothing()
    {
        Ask(TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(2));
        var offset = _clock.Offset;

        Ask(TimeSpan.FromSeconds(5) + TimeSpan.FromMilliseconds(15), TimeSpan.FromMilliseconds(40));

        Assert.Equal(offset, _clock.Offset);
    }

    [Fact]
    public void A_faster_reply_and_one_ten_seconds_later_replace_the_offset()
    {
        Ask(TimeSpan.Zero, TimeSpan.FromMilliseconds(40));

        Ask(TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(2));
        var faster = _clock.Offset;
        _host.Advance(TimeSpan.FromSeconds(11));
        Ask(TimeSpan.Zero, TimeSpan.FromMilliseconds(40));

        Assert.Equal(8, faster.TotalMilliseconds, 0.001);
        Assert.Equal(0, _clock.Offset.TotalMilliseconds, 0.001);
    }

    /// <summary>A call that Redis answers in the middle of its round trip.</summary>
    private void Ask(TimeSpan ahead, TimeSpan roundTrip)
    {
        var sentAt = _host.GetTimestamp();
        _host.Advance(roundTrip / 2);
        var redisTime = _host.Now + ahead;
        _host.Advance(roundTrip / 2);
        _clock.Note(redisTime, sentAt);
    }
}
