namespace TokenIssuer.Signing;

/// <summary>What became of the wish to retire a key.</summary>
internal enum KeyRetirement
{
    /// <summary>It is out of the ring and of the JWKS.</summary>
    Retired = 0,

    /// <summary>There is no such key.</summary>
    Unknown = 1,

    /// <summary>It is the last one, and keys are deployed by the operator: without it nothing could be signed. Nothing changed.</summary>
    LastKey = 2,
}
