namespace TokenIssuer.Revocation;

/// <summary>Why the denylist refuses a token.</summary>
internal enum Denial
{
    /// <summary>It does not.</summary>
    None = 0,

    /// <summary>The session was revoked (<c>sid</c> listed).</summary>
    Session = 1,

    /// <summary>The user's generation, or everybody's, was raised above the token's.</summary>
    User = 2,

    /// <summary>The one token was revoked (<c>jti</c> listed).</summary>
    Token = 3,

    /// <summary>The signing key was retired (<c>kid</c> listed).</summary>
    Key = 4,

    /// <summary>An API token whose owner's generation was raised since the issuer vouched for it: alive perhaps, but to be asked about again.</summary>
    Outdated = 5,
}
