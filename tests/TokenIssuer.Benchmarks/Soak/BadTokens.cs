using System.Collections.Frozen;
using TokenIssuer.Benchmarks.Tokens;

namespace TokenIssuer.Benchmarks.Soak;

/// <summary>
/// Makes texts that no API may accept. There is one spelling of a good token and no other, so that whatever is not, byte for
/// byte, one of the good ones is bad; that it is not is checked for each.
/// </summary>
internal sealed class BadTokens
{
    private const string Base64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private const string Alphabet = Base64Url + ".=+/";
    private const int Others = 500;

    private readonly string[] _good;
    private readonly FrozenSet<string> _isGood;
    private readonly string[] _expired;
    private readonly string[] _strangers;

    /// <param name="good">What the API accepts.</param>
    /// <param name="issuer">Mints with the keys that the API trusts.</param>
    /// <param name="stranger">Calls itself the same and has other keys.</param>
    public BadTokens(string[] good, BenchmarkIssuer issuer, BenchmarkIssuer stranger)
    {
        _good = good;
        _isGood = good.ToFrozenSet(StringComparer.Ordinal);
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        _expired = [.. Enumerable.Range(0, Others).Select(number => issuer.Mint(BenchmarkIssuer.Grant(number) with { Now = yesterday }))];
        _strangers = stranger.MintMany(Others);
    }

    /// <exception cref="InvalidOperationException">What was made is good: the run would blame the API for accepting it.</exception>
    public string Make(Random random)
    {
        var token = _good[random.Next(_good.Length)];
        var bad = random.Next(7) switch
        {
            0 => token[..random.Next(token.Length - 1)] + Any(random, Alphabet),
            1 => Flip(random, token, random.Next(token.Length)),
            2 => token + Any(random, Alphabet),
            3 => Swap(token, Another(random, token)),
            4 => _expired[random.Next(Others)],
            5 => _strangers[random.Next(Others)],
            _ => string.Concat(Enumerable.Range(0, random.Next(1, 900)).Select(_ => Any(random, Alphabet))),
        };
        return _isGood.Contains(bad) ? throw new InvalidOperationException("A bad token is a good one: " + bad) : bad;
    }

    private static char Any(Random random, string alphabet) => alphabet[random.Next(alphabet.Length)];

    /// <summary>Another character in one place. One that differs in bits which decode to nothing is bad as well: it is another spelling.</summary>
    private static string Flip(Random random, string token, int at)
    {
        var others = Base64Url.Replace(token[at].ToString(), string.Empty, StringComparison.Ordinal);
        return string.Concat(token.AsSpan(0, at), [Any(random, others)], token.AsSpan(at + 1));
    }

    private string Another(Random random, string token)
    {
        var at = random.Next(_good.Length);
        return _good[at] == token ? _good[(at + 1) % _good.Length] : _good[at];
    }

    /// <summary>The claims of one token under the signature of another.</summary>
    private static string Swap(string token, string other)
        => string.Concat(token.AsSpan(0, token.LastIndexOf('.')), other.AsSpan(other.LastIndexOf('.')));
}
