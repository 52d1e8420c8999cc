using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Identity.Outbox;

/// <summary>Something that happened to a user and is to be revoked. The row is there as long as that is not done.</summary>
internal sealed class OutboxRow
{
    public long Id { get; init; }

    public required string User { get; init; }

    public required RevocationReason Reason { get; init; }

    /// <summary>New roles need new access tokens; whatever else is noted here ends everything.</summary>
    public RevocationTarget Target => Reason == RevocationReason.RolesChanged
        ? new RevocationTarget.AccessTokensOf(new Subject(User))
        : new RevocationTarget.EverythingOf(new Subject(User));
}
