namespace TokenIssuer.Revocation;

/// <summary>
/// The time by which things are forgotten. A clock that was set ahead is followed at double its pace, and by a minute more than
/// has passed at most: what is kept for longer than twice the life of a token is then still there when the token expires, or
/// when the clock is set right again.
/// </summary>
/// <remarks>It begins with whatever the clock says: a process that starts while the clock is ahead does not notice.</remarks>
internal sealed class SettledClock(TimeProvider clock)
{
    private static readonly TimeSpan s_mostGained = TimeSpan.FromMinutes(1);

    private readonly Lock _looking = new();
    private DateTimeOffset _settled = clock.GetUtcNow();
    private long _lookedAt = clock.GetTimestamp();

    /// <summary>Never ahead of the clock.</summary>
    public DateTimeOffset Look()
    {
        lock (_looking)
        {
            var (time, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
            var passed = clock.GetElapsedTime(_lookedAt, timestamp);
            var gained = passed < s_mostGained ? passed : s_mostGained;
            var furthest = _settled + passed + gained;
            _settled = time < furthest ? time : furthest;
            _lookedAt = timestamp;
            return _settled;
        }
    }
}
