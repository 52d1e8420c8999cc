using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary>The body of <c>POST /admin/revocations</c>: exactly one target.</summary>
internal sealed record RevocationOrder(
    string? User, string? Session, string? Token, string? Key, bool? Everything, string? Reason, bool? DryRun)
{
    private const int MaxId = 255;

    /// <summary>Whether exactly one target is named, and nothing is longer than it may be.</summary>
    public bool IsWellFormed
        => Targets.Count(target => target is not null) == 1
            && Targets.All(target => target is not { Length: 0 or > MaxId })
            && Reason is not { Length: > AdminAudit.MaxReason };

    private string?[] Targets => [User, Session, Token, Key, Everything == true ? "everything" : null];

    /// <summary>What to revoke; null for an id that nothing of ours can have.</summary>
    public RevocationTarget? Target => this switch
    {
        { User: { } user } => new RevocationTarget.EverythingOf(new Subject(user)),
        { Session: { } session } => SessionId.TryParse(session, out var id) ? new RevocationTarget.Session(id) : null,
        { Token: { } token } => ApiTokenId.TryParse(token, out var id) ? new RevocationTarget.ApiToken(id) : new RevocationTarget.Token(token),
        { Key: { } key } => new RevocationTarget.Key(key),
        _ => new RevocationTarget.Everything(),
    };
}

/// <summary>What was revoked, or would be.</summary>
internal sealed record RevocationResult(RevokedCounts Revoked, string? RevocationId);

/// <summary>What was alive and is dead now; <c>at_least</c> stands there only where not all of it could be counted.</summary>
internal sealed record RevokedCounts(int Sessions, int ApiTokens, bool? AtLeast)
{
    public static RevokedCounts Of(RevocationReceipt receipt) => new(receipt.Sessions, receipt.ApiTokens, receipt.IsAtLeast ? true : null);
}
