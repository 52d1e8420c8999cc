using TokenIssuer.Revocation;

namespace TokenIssuer.Families;

/// <summary>What a revocation killed, in true counts, and the entries it wrote.</summary>
/// <param name="Sessions">Families that were alive and are dead now.</param>
/// <param name="ApiTokens">API tokens that were alive and are dead now.</param>
/// <param name="Entries">As written to the log.</param>
internal sealed record Killed(int Sessions, int ApiTokens, IReadOnlyList<RevocationEntry> Entries)
{
    /// <summary>Not everything could be counted: there were at least so many.</summary>
    public bool IsAtLeast { get; init; }
}
