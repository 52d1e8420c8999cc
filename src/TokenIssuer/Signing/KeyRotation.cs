namespace TokenIssuer.Signing;

/// <summary>What became of the wish to rotate.</summary>
internal enum KeyRotation
{
    /// <summary>The announced key signs, and another is announced.</summary>
    Rotated = 0,

    /// <summary>The announced key has not been public for <c>AnnounceFor</c> yet. Nothing changed.</summary>
    TooEarly = 1,

    /// <summary>Keys are deployed by the operator (<c>TokenIssuer:Keys:Generate</c> is false). Nothing changed.</summary>
    Deployed = 2,
}
