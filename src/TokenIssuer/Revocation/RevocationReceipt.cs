namespace TokenIssuer.Revocation;

/// <summary>What a revocation did. It holds on every issuer at once, and on every API as soon as the feed has reached it.</summary>
/// <param name="Sessions">Sessions that were alive and are dead now.</param>
/// <param name="ApiTokens">API tokens that were alive and are dead now.</param>
/// <param name="RevocationId">The log entry; null when there was nothing to write.</param>
public sealed record RevocationReceipt(int Sessions, int ApiTokens, string? RevocationId)
{
    /// <summary>
    /// There were at least so many: not everything could be counted, or not in time. The revocation holds for all of them.
    /// Only <see cref="RevocationTarget.Everything"/> is ever so large.
    /// </summary>
    public bool IsAtLeast { get; init; }
}
