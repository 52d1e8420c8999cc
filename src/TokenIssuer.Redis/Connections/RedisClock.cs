namespace TokenIssuer.Redis.Connections;

/// <summary>
/// The time of one Redis node, so that issuers with different clocks agree about windows: this host's clock plus the offset
/// seen with the smallest round trip of the last ten seconds.
/// </summary>
internal sealed class RedisClock(TimeProvider clock)
{
    public static readonly TimeSpan MaxOffset = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan s_sampleLife = TimeSpan.FromSeconds(10);

    private Sample? _best;

    public TimeSpan Offset => Volatile.Read(ref _best)?.Offset ?? TimeSpan.Zero;

    /// <summary>Whether the node has been asked: without that no deadline can be told to it.</summary>
    public bool IsSet => Volatile.Read(ref _best) is not null;

    /// <summary>In whole milliseconds, as scripts count.</summary>
    public DateTimeOffset Now => Truncate(clock.GetUtcNow() + Offset);

    public static DateTimeOffset Truncate(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    /// <summary>Notes what a reply says of the node's time.</summary>
    /// <param name="redisTime">As the script saw it.</param>
    /// <param name="sentAt">The timestamp when the call was sent.</param>
    public void Note(DateTimeOffset redisTime, long sentAt)
    {
        var next = Take(redisTime, clock.GetElapsedTime(sentAt));
        var best = Volatile.Read(ref _best);
        if (best is null || next.RoundTrip <= best.RoundTrip || next.Contradicts(best) || clock.GetElapsedTime(best.At) > s_sampleLife)
        {
            Volatile.Write(ref _best, next);
        }
    }

    /// <summary>A reply by which a step came too late: what was measured before no longer holds.</summary>
    public void Correct(DateTimeOffset redisTime, long sentAt) => Volatile.Write(ref _best, Take(redisTime, clock.GetElapsedTime(sentAt)));

    private Sample Take(DateTimeOffset redisTime, TimeSpan roundTrip)
        => new(redisTime + (roundTrip / 2) - clock.GetUtcNow(), roundTrip, clock.GetTimestamp());

    private sealed record Sample(TimeSpan Offset, TimeSpan RoundTrip, long At)
    {
        /// <summary>Redis tells whole milliseconds.</summary>
        private static readonly TimeSpan s_grain = TimeSpan.FromMilliseconds(1);

        /// <summary>
        /// Each may be wrong by half its round trip. Further apart than that they speak of two clocks: this host's or the
        /// node's was set, or another node took over.
        /// </summary>
        public bool Contradicts(Sample held) => (Offset - held.Offset).Duration() > ((RoundTrip + held.RoundTrip) / 2) + s_grain;
    }
}
