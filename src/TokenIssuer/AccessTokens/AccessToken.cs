using System.Diagnostics;

namespace TokenIssuer.AccessTokens;

/// <summary>An access token: a signed JWT (RFC 9068). Prints as a mask; <see cref="Reveal"/> is for the answer to its owner alone.</summary>
[DebuggerDisplay("access token")]
public readonly struct AccessToken
{
    private readonly string? _text;

    internal AccessToken(string text) => _text = text;

    /// <summary>The compact serialization (RFC 7515 §3.1).</summary>
    public string Reveal() => _text ?? string.Empty;

    /// <summary>A fixed mask, never the token.</summary>
    public override string ToString() => "(access token)";
}
