namespace TokenIssuer.Validation.Introspection;

/// <summary>
/// How many calls tokens may cost that were never seen good: so many a second for everybody, so that a flood of invented ones
/// stops here and not at the issuer, and so many for each network, so that the flood of one leaves something to the others. A
/// network gets back what a good token took: only what it invents or what is dead counts against it.
/// </summary>
/// <remarks>
/// Each network is counted in two places that a hash chooses, differently in every process, and refused when both are full.
/// So memory is fixed, nobody can aim at another, and one who shares a place with a flood hardly ever shares both.
/// </remarks>
internal sealed class CallAllowance(TimeProvider clock)
{
    public const int PerSecond = 100;

    /// <summary>What a network may owe at most; it is forgiven <see cref="ForgivenPerSecond"/>.</summary>
    public const int NetworkLimit = 50;

    public const int ForgivenPerSecond = 10;

    private const int PlaceBits = 12;
    private const int Places = 1 << PlaceBits;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly Lock _counting = new();
    private readonly Debt[] _debts = new Debt[2 * Places];
    private long _since = clock.GetTimestamp();
    private int _taken;

    public bool TryTake(string network)
    {
        var (first, second) = PlacesOf(network);
        lock (_counting)
        {
            if (clock.GetElapsedTime(_since) >= s_second)
            {
                _since = clock.GetTimestamp();
                _taken = 0;
            }

            if (_taken >= PerSecond || (IsFull(first) && IsFull(second)))
            {
                return false;
            }

            _taken++;
            Add(first, 1);
            Add(second, 1);
            return true;
        }
    }

    /// <summary>The token was good.</summary>
    public void GiveBack(string network)
    {
        var (first, second) = PlacesOf(network);
        lock (_counting)
        {
            Add(first, -1);
            Add(second, -1);
        }
    }

    private static (int First, int Second) PlacesOf(string network)
    {
        var hash = network.GetHashCode(StringComparison.Ordinal);
        return (hash & (Places - 1), Places + ((hash >>> PlaceBits) & (Places - 1)));
    }

    private bool IsFull(int place) => OwedIn(place) > NetworkLimit - 1;

    private void Add(int place, int calls) => _debts[place] = new Debt(Math.Max(0, OwedIn(place) + calls), clock.GetTimestamp());

    private double OwedIn(int place)
        => Math.Max(0, _debts[place].Owed - (clock.GetElapsedTime(_debts[place].At).TotalSeconds * ForgivenPerSecond));

    private readonly record struct Debt(double Owed, long At);
}
