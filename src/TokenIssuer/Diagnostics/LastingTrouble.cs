namespace TokenIssuer.Diagnostics;

/// <summary>Has trouble told in full when it begins and in one line a minute while it lasts: an outage must not bury the rest of the log.</summary>
internal sealed class LastingTrouble
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _toldAt;
    private volatile bool _isOn;

    /// <summary>Notes a failure, of however many at once.</summary>
    /// <param name="clock">Counts the minute.</param>
    /// <param name="failure">What went wrong.</param>
    /// <param name="inFull">The failure when it is the first, for its stack; else null.</param>
    /// <returns>Whether to tell.</returns>
    public bool ShouldTell(TimeProvider clock, Exception failure, out Exception? inFull)
    {
        lock (_gate)
        {
            inFull = _isOn ? null : failure;
            if (_isOn && clock.GetElapsedTime(_toldAt) < s_interval)
            {
                return false;
            }

            _isOn = true;
            _toldAt = clock.GetTimestamp();
            return true;
        }
    }

    /// <summary>Notes that it worked again.</summary>
    public void End()
    {
        if (_isOn)
        {
            _isOn = false;
        }
    }
}
