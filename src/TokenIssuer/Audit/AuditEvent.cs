using TokenIssuer.Families;

namespace TokenIssuer.Audit;

/// <summary>One line of the audit log. Holds no token, password or key, whole or in part.</summary>
/// <param name="Type">What happened.</param>
/// <param name="User">To whom; null when nobody's account was concerned.</param>
/// <param name="Session">To which session; null when not to one.</param>
/// <param name="Actor">Who did it: a user id, <c>client:</c> and a client id; null when it is the user or nobody known.</param>
/// <param name="Address">The full address it came from; null when from inside.</param>
/// <param name="UserAgent">The agent, parsed; at most 64 characters.</param>
/// <param name="Reason">Why, in words or as a stable code; at most 520 characters.</param>
public sealed record AuditEvent(
    AuditEventType Type,
    Subject? User,
    SessionId? Session,
    Subject? Actor = null,
    string? Address = null,
    string? UserAgent = null,
    string? Reason = null);
