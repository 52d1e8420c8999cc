namespace TokenIssuer.Diagnostics;

/// <summary>Counts what happened within a window that ends now, in 60 slots.</summary>
internal sealed class SlidingCount(TimeProvider clock, TimeSpan window)
{
    private const int Slots = 60;

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Slots];
    private readonly long _ticksPerSlot = Math.Max(1, window.Ticks / Slots);
    private readonly long _start = clock.GetTimestamp();
    private long _slot;

    public long Total
    {
        get
        {
            lock (_gate)
            {
                Advance();
                return _counts.Sum();
            }
        }
    }

    public void Add()
    {
        lock (_gate)
        {
            Advance();
            _counts[_slot % Slots]++;
        }
    }

    private void Advance()
    {
        var now = clock.GetElapsedTime(_start).Ticks / _ticksPerSlot;
        for (var passed = Math.Min(now - _slot, Slots); passed > 0; passed--)
        {
            _counts[(now - passed + 1) % Slots] = 0;
        }

        _slot = now;
    }
}
