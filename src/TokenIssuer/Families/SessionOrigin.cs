namespace TokenIssuer.Families;

/// <summary>Where a session was started, as its owner sees it in the list of devices. A signal, never a reason to refuse.</summary>
/// <param name="Device">The name the client gave its device; null when it gave none.</param>
/// <param name="UserAgent">The agent, parsed: <c>Chrome 141 · Windows</c>; null when unknown.</param>
/// <param name="Address">The coarse address: the /24 of an IPv4 address, the /48 of an IPv6 address; null when unknown.</param>
public sealed record SessionOrigin(string? Device, string? UserAgent, string? Address)
{
    /// <summary>Nothing is known.</summary>
    public static SessionOrigin Unknown { get; } = new(null, null, null);
}
