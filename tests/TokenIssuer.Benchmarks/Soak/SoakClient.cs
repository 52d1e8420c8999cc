using TokenIssuer.Benchmarks.Http;

namespace TokenIssuer.Benchmarks.Soak;

/// <summary>Sends a good token and a bad one in turn. The good ones come from a share of its own, one after the other.</summary>
internal sealed class SoakClient(string[] good, BadTokens bad, int number, int clients) : IClientScript
{
    private const int FaultsKept = 3;

    private readonly Random _random = new(number);
    private readonly List<string> _faults = [];
    private int _next = number;
    private bool _isGood;
    private string _sent = string.Empty;

    public long Good { get; private set; }

    public long Bad { get; private set; }

    public long Wrong { get; private set; }

    /// <summary>The first wrong answers.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public ReadOnlyMemory<byte> Next()
    {
        _isGood = !_isGood;
        _sent = _isGood ? good[_next] : bad.Make(_random);
        _next = _isGood ? (_next + clients) % good.Length : _next;
        return HttpLane.Get(ApiArms.Path, _sent);
    }

    public void Heard(LaneAnswer answer)
    {
        if (answer.Status == (_isGood ? 200 : 401))
        {
            _ = _isGood ? Good++ : Bad++;
            return;
        }

        Wrong++;
        if (_faults.Count < FaultsKept)
        {
            _faults.Add($"{(_isGood ? "good" : "bad")} token answered {answer.Status}: {_sent}");
        }
    }
}
