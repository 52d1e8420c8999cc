using System.Collections.Immutable;

namespace TokenIssuer.RefreshTokens;

/// <summary>The refresh keys that an issuer holds, as fingerprints, oldest first. No secret.</summary>
/// <param name="Fingerprints">Of every key in the folder.</param>
/// <param name="Current">The place of the one that seals now.</param>
internal sealed record SealKeys(ImmutableArray<string> Fingerprints, int Current)
{
    /// <summary>What the store is to remember after this issuer has looked: the newest key that any issuer seals with.</summary>
    /// <param name="remembered">What it remembers; null when no issuer has looked yet.</param>
    /// <exception cref="InvalidOperationException">The store's tokens are sealed with a key that this issuer does not hold.</exception>
    public string Succeed(string? remembered)
    {
        var place = remembered is null ? Current : Fingerprints.IndexOf(remembered);
        return place >= 0
            ? Fingerprints[Math.Max(place, Current)]
            : throw new InvalidOperationException(
                "The keys folder does not hold the refresh master key that the tokens in this store are sealed with: deploy the same keys folder to every issuer of this store, or, if the key is lost, make the store forget it (docs/operations.md, Keys).");
    }
}
