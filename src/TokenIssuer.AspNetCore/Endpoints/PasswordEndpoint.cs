using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>POST /auth/password</c>: kills everything of the user, and starts a new session for the caller, delivered the way the old one was.</summary>
internal sealed class PasswordEndpoint(
    TokenAuthority authority,
    TokenDelivery delivery,
    RefreshCookie cookie,
    OriginCheck origins,
    RequestAudit audit,
    ILogger<PasswordEndpoint> logger)
{
    public async Task ChangeAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.PasswordBody).ConfigureAwait(false);
        if ((reading.Refusal ?? Check(reading.Value)) is { } refusal)
        {
            await context.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        // The bearer is what counts; the cookie only says that there is a browser, which must not be another site's.
        var transport = cookie.Read(context.Request) is PresentedCookie.None ? TokenTransport.Body : TokenTransport.Cookie;
        if (transport == TokenTransport.Cookie && origins.Judge(context.Request) == OriginVerdict.Foreign)
        {
            logger.CookieFromForeignOrigin(context.EndpointName());
            await context.RefuseAsync(Problems.ForbiddenOrigin).ConfigureAwait(false);
            return;
        }

        var body = reading.Value ?? throw new UnreachableException("A missing body was refused.");
        await ChangeAsync(context, body, transport).ConfigureAwait(false);
    }

    private static Problem? Check(PasswordBody? body) => body switch
    {
        null or { CurrentPassword: null or "" } or { NewPassword: null or "" } => Problems.MissingPasswords,
        { CurrentPassword.Length: > InputLimits.Password } or { NewPassword.Length: > InputLimits.Password } => Problems.MemberTooLong,
        _ => null,
    };

    /// <summary>The device keeps its name.</summary>
    private async Task<string?> DeviceOfAsync(VerifiedAccessToken token, CancellationToken cancellationToken)
    {
        var sessions = await authority.ListSessionsAsync(token.Subject, cancellationToken).ConfigureAwait(false);
        return sessions.FirstOrDefault(session => session.Id == token.Identity.Session)?.Origin.Device;
    }

    private async Task ChangeAsync(HttpContext context, PasswordBody body, TokenTransport transport)
    {
        var token = context.BearerToken();
        var request = SessionRequests.ForNewSession(
            context, token.ClientId() ?? OAuthClient.SpaClientId, token.Scope, await DeviceOfAsync(token, context.RequestAborted).ConfigureAwait(false));
        var outcome = await authority.ChangePasswordAsync(
            token.Subject, body.CurrentPassword ?? string.Empty, body.NewPassword ?? string.Empty, request, context.RequestAborted).ConfigureAwait(false);
        switch (outcome)
        {
            case PasswordChangeOutcome.Changed changed:
                await audit.WriteAsync(context, AuditEventType.PasswordChanged, token.Subject, changed.Answer.SessionId).ConfigureAwait(false);
                await delivery.AnswerAsync(context, changed.Answer, transport).ConfigureAwait(false);
                break;
            case PasswordChangeOutcome.Wrong:
                await context.RefuseAsync(Problems.WrongPassword).ConfigureAwait(false);
                break;
            case PasswordChangeOutcome.Weak weak:
                await context.RefuseAsync(Problems.WeakPassword, weak.Reasons).ConfigureAwait(false);
                break;
            default:
                throw new UnreachableException(outcome.GetType().Name);
        }
    }
}

/// <summary>The body of a password change.</summary>
internal sealed record PasswordBody(string? CurrentPassword, string? NewPassword)
{
    /// <summary>A fixed mask, never a password.</summary>
    public override string ToString() => "(password change)";
}
