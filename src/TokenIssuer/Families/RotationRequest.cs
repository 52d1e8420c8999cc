namespace TokenIssuer.Families;

/// <summary>A refresh token whose seal was found good, and the circumstances under which it was presented.</summary>
/// <param name="Session">The family it belongs to.</param>
/// <param name="Generation">Its number in the family, counted from 1.</param>
/// <param name="SecretHash">The hash of its family secret.</param>
/// <param name="ClientId">The client that presents it.</param>
/// <param name="Binding">The thumbprint of the key the client proved; null without proof.</param>
/// <param name="Scope">The scope asked for; <see cref="Scope.None"/> asks for what was granted.</param>
/// <param name="IdempotencyHash">The hash of family secret and <c>Idempotency-Key</c>; 0 without a usable key.</param>
/// <param name="AgentHash">A short hash of the agent, to notice replays from elsewhere.</param>
/// <param name="SealKeyId">The refresh key that seals a new successor.</param>
/// <param name="Policy">The settings.</param>
internal sealed record RotationRequest(
    SessionId Session,
    uint Generation,
    UInt128 SecretHash,
    string ClientId,
    string? Binding,
    Scope Scope,
    ulong IdempotencyHash,
    uint AgentHash,
    byte SealKeyId,
    RotationPolicy Policy);
