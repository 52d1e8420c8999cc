using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>POST /admin/users/{id}/totp/reset</c>: for whoever has lost the device. Nobody who got in with it stays in.</summary>
internal sealed class TotpAdminEndpoint(IUserAdministration directory, ISecondFactors factors, TokenAuthority authority, AdminAudit audit)
{
    public async Task ResetAsync(HttpContext context)
    {
        if (context.GetRouteValue(UsersAdminEndpoint.IdParameter) is not string { Length: > 0 and <= Subject.MaxLength } id
            || await directory.FindAsync(new Subject(id), context.RequestAborted).ConfigureAwait(false) is not { Id: var user })
        {
            await context.RefuseAsync(Problems.NotFound).ConfigureAwait(false);
            return;
        }

        var isDone = await factors.RemoveAsync(user, context.RequestAborted).ConfigureAwait(false);
        try
        {
            await authority.RevokeAsync(new RevocationTarget.EverythingOf(user), RevocationReason.SecondFactorReset, CancellationToken.None).ConfigureAwait(false);
            isDone = true;
        }
        finally
        {
            // Also when the store is down: the factor is gone.
            if (isDone)
            {
                await audit.WriteAsync(context, AuditEventType.SecondFactorReset, user, null, reason: null).ConfigureAwait(false);
            }
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
