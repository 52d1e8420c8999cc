using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>POST /auth/refresh</c>: the answer goes the way the token came. Refused ones never touch the cookie.</summary>
internal sealed class RefreshEndpoint(TokenAuthority authority, TokenDelivery delivery, PresentedTokens tokens, RequestAudit audit)
{
    private const string IdempotencyKeyHeader = "Idempotency-Key";

    public async Task RefreshAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.RefreshBody).ConfigureAwait(false);
        var presented = reading.Refusal is { } malformed
            ? new PresentedToken.Refused(malformed)
            : tokens.Read(context, reading.Value?.RefreshToken);
        switch (presented)
        {
            case PresentedToken.Refused { Problem: var problem }:
                await context.RefuseAsync(problem).ConfigureAwait(false);
                break;
            case PresentedToken.None:
                await context.RefuseAsync(Problems.MissingRefreshToken).ConfigureAwait(false);
                break;
            case PresentedToken.One one:
                await RefreshAsync(context, one, reading.Value?.Scope).ConfigureAwait(false);
                break;
            default:
                throw new UnreachableException(presented.GetType().Name);
        }
    }

    private async Task RefreshAsync(HttpContext context, PresentedToken.One presented, string? scopeText)
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

        var request = SessionRequests.ForRefresh(context, OAuthClient.SpaClientId, scope);
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
        RefreshOutcome.Reused reused => audit.WriteAsync(context, AuditEventType.RefreshReuse, reused.Subject, reused.SessionId),
        RefreshOutcome.Refreshed { IsForeignReplay: true } replayed
            => audit.WriteAsync(context, AuditEventType.RefreshReplayForeign, replayed.Subject, replayed.Answer.SessionId),
        _ => Task.CompletedTask,
    };
}

/// <summary>The body of a refresh; empty when the cookie carries the token.</summary>
internal sealed record RefreshBody(string? RefreshToken, string? Scope)
{
    /// <summary>A fixed mask, never the token.</summary>
    public override string ToString() => "(refresh)";
}
