namespace TokenIssuer.Server.Users;

/// <summary>An attempt that has been counted, before the password is looked at.</summary>
/// <param name="UserId">At whose account; empty for an unknown name.</param>
/// <param name="Pool">The address whose pool counts it; empty for the one that all unknown addresses share.</param>
/// <param name="Place">The coarse address it comes from; empty when it has none.</param>
/// <param name="IsPermitted">False while the pool is locked.</param>
internal readonly record struct LoginAttempt(string UserId, string Pool, string Place, bool IsPermitted);
