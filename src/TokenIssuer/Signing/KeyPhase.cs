namespace TokenIssuer.Signing;

/// <summary>Where a signing key is in its life; every phase but the last is in the JWKS.</summary>
public enum KeyPhase
{
    /// <summary>Published, not signing yet, so that every API has it before it meets its first token.</summary>
    Announced = 0,

    /// <summary>Signs.</summary>
    Signing = 1,

    /// <summary>Only verifies what it signed, until the last such token has expired.</summary>
    Retiring = 2,
}
