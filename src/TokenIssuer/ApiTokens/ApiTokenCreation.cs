namespace TokenIssuer.ApiTokens;

/// <summary>What became of the wish for an API token.</summary>
public abstract record ApiTokenCreation
{
    private ApiTokenCreation()
    {
    }

    /// <summary>Created. The token is shown this once.</summary>
    /// <param name="Token">The secret.</param>
    /// <param name="Description">What lists will show.</param>
    public sealed record Created(ApiToken Token, ApiTokenDescription Description) : ApiTokenCreation;

    /// <summary>The bearer that asked was revoked meanwhile.</summary>
    public sealed record BearerRevoked : ApiTokenCreation;

    /// <summary>The user has <see cref="TokenIssuerOptions.MaxApiTokensPerUser"/> already.</summary>
    public sealed record LimitReached : ApiTokenCreation;
}
