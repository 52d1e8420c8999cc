using System.Diagnostics;

namespace TokenIssuer.RefreshTokens;

/// <summary>A refresh token as clients hold it: opaque text. Prints as a mask; <see cref="Reveal"/> is for the answer to its owner alone.</summary>
[DebuggerDisplay("refresh token")]
public readonly struct RefreshToken : IEquatable<RefreshToken>
{
    /// <summary>The longest text that is looked at.</summary>
    internal const int MaxLength = 128;

    private readonly string? _text;

    /// <summary>Wraps what a client presented; nothing is checked yet.</summary>
    /// <param name="text">Any text.</param>
    public RefreshToken(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>The secret itself.</summary>
    public string Reveal() => _text ?? string.Empty;

    /// <summary>Whether both are the same text.</summary>
    /// <param name="other">Another token.</param>
    public bool Equals(RefreshToken other) => string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RefreshToken other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>A fixed mask, never the secret.</summary>
    public override string ToString() => "(refresh token)";

    /// <summary>Whether both are the same text.</summary>
    /// <param name="left">One token.</param>
    /// <param name="right">Another token.</param>
    public static bool operator ==(RefreshToken left, RefreshToken right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    /// <param name="left">One token.</param>
    /// <param name="right">Another token.</param>
    public static bool operator !=(RefreshToken left, RefreshToken right) => !left.Equals(right);
}
