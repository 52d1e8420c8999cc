using TokenIssuer.Families;

namespace TokenIssuer.ApiTokens;

/// <summary>A living API token, as its owner sees it. Holds nothing that opens anything.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What the owner called it.</param>
/// <param name="Scope">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">When it dies.</param>
/// <param name="LastUsedAt">When an API last asked about it, to the minute; null when never. APIs ask anew after <see cref="TokenIssuerOptions.AccessTokenLifetime"/> at the latest.</param>
public sealed record ApiTokenDescription(
    ApiTokenId Id,
    string Name,
    Scope Scope,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt);
