namespace TokenIssuer.Validation.Introspection;

/// <summary>How many calls a second tokens may cost that were never seen good: a flood of invented ones stops here, not at the issuer.</summary>
internal sealed class CallAllowance(TimeProvider clock)
{
    public const int PerSecond = 100;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly Lock _counting = new();
    private long _since = clock.GetTimestamp();
    private int _taken;

    public bool TryTake()
    {
        lock (_counting)
        {
            if (clock.GetElapsedTime(_since) >= s_second)
            {
                _since = clock.GetTimestamp();
                _taken = 0;
            }

            if (_taken >= PerSecond)
            {
                return false;
            }

            _taken++;
            return true;
        }
    }
}
