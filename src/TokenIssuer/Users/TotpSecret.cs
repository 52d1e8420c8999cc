using System.Diagnostics;

namespace TokenIssuer.Users;

/// <summary>What an authenticator app and the directory share (RFC 6238). Shown once, to its user, and never printed.</summary>
[DebuggerDisplay("second factor")]
public sealed class TotpSecret
{
    private readonly string _text;

    /// <summary>Wraps a secret.</summary>
    /// <param name="base32">The secret in Base32 (RFC 4648 §6), as authenticator apps read it.</param>
    public TotpSecret(string base32)
    {
        ArgumentException.ThrowIfNullOrEmpty(base32);
        _text = base32;
    }

    /// <summary>The secret itself, for the one answer that shows it.</summary>
    public string Reveal() => _text;

    /// <summary>A fixed mask.</summary>
    public override string ToString() => "(second factor)";
}
