namespace TokenIssuer.Server.Audit;

/// <summary>An event of the audit log as it is stored.</summary>
internal sealed class AuditRow
{
    public long Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The name of the type, which stays the same when numbers are added.</summary>
    public required string Type { get; init; }

    public string? User { get; init; }

    public string? Session { get; init; }

    public string? Actor { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    public string? Reason { get; init; }
}
