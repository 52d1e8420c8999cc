using System.Buffers;

namespace TokenIssuer.Validation.Tokens;

/// <summary>The three parts of a compact JWS (RFC 7515 §3.1). Encrypted tokens have five and are no business of ours.</summary>
internal readonly struct CompactToken
{
    /// <summary>Ours have about 600 characters; what is longer is not worth decoding.</summary>
    public const int MaxLength = 8192;

    private static readonly SearchValues<char> s_alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly string _text;
    private readonly int _firstDot;
    private readonly int _secondDot;

    private CompactToken(string text, int firstDot, int secondDot)
    {
        _text = text;
        _firstDot = firstDot;
        _secondDot = secondDot;
    }

    public ReadOnlySpan<char> Header => _text.AsSpan(0, _firstDot);

    public ReadOnlySpan<char> Payload => _text.AsSpan(_firstDot + 1, _secondDot - _firstDot - 1);

    public ReadOnlySpan<char> Signature => _text.AsSpan(_secondDot + 1);

    /// <summary>What was signed: header, dot and payload as they came.</summary>
    public ReadOnlySpan<char> SigningInput => _text.AsSpan(0, _secondDot);

    public static bool TrySplit(string text, out CompactToken token)
    {
        token = default;
        if (text.Length > MaxLength || text.AsSpan().ContainsAnyExcept(s_alphabet))
        {
            return false;
        }

        var first = text.IndexOf('.', StringComparison.Ordinal);
        var last = text.LastIndexOf('.');
        if (first < 1 || last <= first + 1 || last == text.Length - 1 || text.AsSpan(first + 1, last - first - 1).Contains('.'))
        {
            return false;
        }

        token = new CompactToken(text, first, last);
        return true;
    }
}
