using TokenIssuer.Families;

namespace TokenIssuer.RefreshTokens;

/// <summary>What a refresh token says once its seal was found good: which family, and which token of it.</summary>
internal readonly record struct SealedClaims(SessionId Session, uint Generation, FamilySecret Secret);
