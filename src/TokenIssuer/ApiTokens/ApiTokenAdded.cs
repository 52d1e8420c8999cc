namespace TokenIssuer.ApiTokens;

/// <summary>The outcome of adding an API token to the store.</summary>
internal enum ApiTokenAdded
{
    /// <summary>Added.</summary>
    Added = 1,

    /// <summary>The bearer that asked for it was revoked meanwhile. Nothing written.</summary>
    BearerRevoked = 2,

    /// <summary>The user has as many as allowed. Nothing written.</summary>
    LimitReached = 3,
}
