using TokenIssuer.Revocation;

namespace TokenIssuer.Families;

/// <summary>The store's answer to a presented refresh token.</summary>
/// <param name="Verdict">What the token turned out to be.</param>
/// <param name="Family">The family after the step; null when missing.</param>
/// <param name="Generation">The user's effective generation in the moment of the step: the <c>gen</c> of a new access token.</param>
/// <param name="Now">The time of the step: <c>iat</c> of a new access token.</param>
/// <param name="Entries">What a reuse wrote to the log.</param>
internal sealed record Rotation(
    RotationVerdict Verdict,
    TokenFamily? Family,
    long Generation,
    DateTimeOffset Now,
    IReadOnlyList<RevocationEntry> Entries);
