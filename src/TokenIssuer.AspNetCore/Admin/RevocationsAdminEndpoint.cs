using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>POST /admin/revocations</c>: ends anything. Idempotent; an unknown target costs nothing and says so with zeros.</summary>
internal sealed class RevocationsAdminEndpoint(TokenAuthority authority, KeyRing keys, AdminAudit audit)
{
    public async Task RevokeAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.RevocationOrder).ConfigureAwait(false);
        if (reading.Refusal is { } refusal)
        {
            await context.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (reading.Value is not { IsWellFormed: true } order)
        {
            await context.RefuseAsync(Problems.InvalidRevocationOrder).ConfigureAwait(false);
            return;
        }

        var result = order switch
        {
            { Target: null } => new RevocationResult(new RevokedCounts(0, 0, AtLeast: null), RevocationId: null),
            { Target: { } target, DryRun: true } => await CountAsync(target, context.RequestAborted).ConfigureAwait(false),
            { Target: { } target } => await RevokeAsync(context, target, order.Reason).ConfigureAwait(false),
        };
        await (result is null
            ? context.RefuseAsync(Problems.KeysAreDeployed)
            : context.Response.WriteJsonAsync(result, IssuerJson.Default.RevocationResult)).ConfigureAwait(false);
    }

    private async Task<RevocationResult> CountAsync(RevocationTarget target, CancellationToken cancellationToken)
    {
        var receipt = await authority.CountAsync(target, cancellationToken).ConfigureAwait(false);
        return new RevocationResult(RevokedCounts.Of(receipt), RevocationId: null);
    }

    /// <returns>Null when it is the last key, without which nothing could be signed.</returns>
    private async Task<RevocationResult?> RevokeAsync(HttpContext context, RevocationTarget target, string? reason)
    {
        var owner = await FindOwnerAsync(target, context.RequestAborted).ConfigureAwait(false);

        var retirement = target is RevocationTarget.Key known ? keys.JudgeRetirement(known.KeyId) : KeyRetirement.Unknown;
        if (retirement == KeyRetirement.LastKey)
        {
            return null;
        }

        // An administrator who leaves gets what they ordered, whole and with its line in the audit log.
        var receipt = await authority.RevokeAsync(target, ReasonOf(target), CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (target is RevocationTarget.Key key)
            {
                keys.TryRetire(key.KeyId);
            }
        }
        finally
        {
            var session = target is RevocationTarget.Session one ? one.Id : (SessionId?)null;
            var type = retirement == KeyRetirement.Retired ? AuditEventType.KeyRetired : AuditEventType.Revoked;
            await audit.WriteAsync(context, type, owner, session, Describe(target, reason)).ConfigureAwait(false);
        }

        return new RevocationResult(RevokedCounts.Of(receipt), receipt.RevocationId);
    }

    /// <summary>Asked before the session is gone: the audit log says whose it was.</summary>
    private async Task<Subject?> FindOwnerAsync(RevocationTarget target, CancellationToken cancellationToken) => target switch
    {
        RevocationTarget.EverythingOf all => all.User,
        RevocationTarget.Session session => await FindOwnerAsync(session.Id, cancellationToken).ConfigureAwait(false),
        _ => null,
    };

    /// <returns>Null as well for a record that can't be read: it can be revoked all the same.</returns>
    private async Task<Subject?> FindOwnerAsync(SessionId session, CancellationToken cancellationToken)
    {
        try
        {
            return await authority.FindOwnerAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException)
        {
            return null;
        }
    }

    private static RevocationReason ReasonOf(RevocationTarget target)
        => target is RevocationTarget.Key ? RevocationReason.KeyRetired : RevocationReason.Administrator;

    /// <summary>User and session have fields of their own in an event; whatever else was revoked stands before the reason.</summary>
    private static string Describe(RevocationTarget target, string? reason) => (target, reason) switch
    {
        (_, null or "") => NameOf(target),
        (RevocationTarget.EverythingOf or RevocationTarget.Session, _) => reason,
        _ => $"{NameOf(target)}: {reason}",
    };

    private static string NameOf(RevocationTarget target) => target switch
    {
        RevocationTarget.EverythingOf => "user",
        RevocationTarget.Session => "session",
        RevocationTarget.Token token => $"token {token.Jti}",
        RevocationTarget.ApiToken token => $"API token {token.Id}",
        RevocationTarget.Key key => $"key {key.KeyId}",
        RevocationTarget.Everything => "everything",
        _ => throw new UnreachableException(target.GetType().Name),
    };
}
