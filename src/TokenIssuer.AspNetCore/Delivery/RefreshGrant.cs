using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Delivery;

/// <summary>Exchanges a refresh token and answers, for <c>/auth/refresh</c> and <c>/oauth/token</c> alike (RFC 6749 §6). Refused ones never touch the cookie.</summary>
internal sealed class RefreshGrant(TokenAuthority authority, TokenDelivery delivery, RequestAudit audit)
{
    private const string IdempotencyKeyHeader = "Idempotency-Key";

    public async Task AnswerAsync(HttpContext context, PresentedToken.One presented, string clientId, string? scopeText)
    {
        var idempotencyKey = context.Request.Headers[IdempotencyKeyHeader];
        if (idempotencyKey.Count > 1 || idempotencyKey.ToString().Length > InputLimits.IdempotencyKey)
        {
            await context.RefuseAsync(Problems.InvalidIdempotencyKey).ConfigureAwait(false);
            return;
        }

        if (!Scope.TryParse(scopeText, out var scope))
        {
            await context.RefuseAsync(Problems.InvalidScope).ConfigureAwait(false);
            return;
        }

        var request = SessionRequests.ForRefresh(context, clientId, scope);
        var outcome = await authority.RefreshAsync(presented.Token, request, idempotencyKey, context.RequestAborted).ConfigureAwait(false);
        await NoteAsync(context, outcome).ConfigureAwait(false);
        await (outcome switch
        {
            RefreshOutcome.Refreshed success => delivery.AnswerAsync(context, success.Answer, presented.Transport),
            RefreshOutcome.InvalidGrant or RefreshOutcome.Reused => context.RefuseAsync(Problems.InvalidGrant),
            RefreshOutcome.InvalidScope => context.RefuseAsync(Problems.InvalidScope),
            _ => throw new UnreachableException(outcome.GetType().Name),
        }).ConfigureAwait(false);
    }

    private Task NoteAsync(HttpContext context, RefreshOutcome outcome) => outcome switch
    {
        RefreshOutcome.Reused reused => audit.WriteOrLogAsync(context, AuditEventType.RefreshReuse, reused.Subject, reused.SessionId),
        RefreshOutcome.Refreshed { IsForeignReplay: true } replayed
            => audit.WriteOrLogAsync(context, AuditEventType.RefreshReplayForeign, replayed.Subject, replayed.Answer.SessionId),
        _ => Task.CompletedTask,
    };
}
