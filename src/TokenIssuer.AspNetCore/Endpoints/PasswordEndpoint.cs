using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
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

        var body = reading.Value ?? throw new UnreachableException("A missing body was refused.");
        var presented = cookie.Read(context.Request);
        if (presented is PresentedCookie.Several)
        {
            logger.AmbiguousRefreshToken(context.EndpointName());
            await context.RefuseAsync(Problems.AmbiguousRefreshToken).ConfigureAwait(false);
            return;
        }

        // The bearer is what counts: its session alone says where the new refresh token goes.
        var token = context.BearerToken();
        var session = await authority.FindSessionAsync(token.Identity.Session, context.RequestAborted).ConfigureAwait(false);
        if (session is null)
        {
            // Ended by itself since the token was made: who could tell how it was delivered, and what had been proven?
            await context.RefuseAsync(Problems.InvalidToken).ConfigureAwait(false);
            return;
        }

        if (!IsFromTrustedPage(context, presented, session))
        {
            logger.CookieFromForeignOrigin(context.EndpointName());
            await context.RefuseAsync(Problems.ForbiddenOrigin).ConfigureAwait(false);
            return;
        }

        await ChangeAsync(context, body, token, session).ConfigureAwait(false);
    }

    private static Problem? Check(PasswordBody? body) => body switch
    {
        null or { CurrentPassword: null or "" } or { NewPassword: null or "" } => Problems.MissingPasswords,
        { CurrentPassword.Length: > InputLimits.Password } or { NewPassword.Length: > InputLimits.Password } or { Otp.Length: > InputLimits.Otp }
            => Problems.MemberTooLong,
        _ => null,
    };

    /// <summary>A request that bears a cookie must say that it comes from a page we trust; one whose answer sets a cookie must not say otherwise.</summary>
    private bool IsFromTrustedPage(HttpContext context, PresentedCookie presented, Session session) => origins.Judge(context.Request) switch
    {
        OriginVerdict.Trusted => true,
        OriginVerdict.Unknown => presented is PresentedCookie.None,
        _ => presented is PresentedCookie.None && session.Transport == TokenTransport.Body,
    };

    private async Task ChangeAsync(HttpContext context, PasswordBody body, VerifiedAccessToken token, Session session)
    {
        // The device keeps its name.
        var request = SessionRequests.ForNewSession(context, session.ClientId, token.Scope, session.Origin.Device, session.Transport);
        var outcome = await authority.ChangePasswordAsync(
            token.Subject, session, body.CurrentPassword ?? string.Empty, body.Otp, body.NewPassword ?? string.Empty, request, context.RequestAborted).ConfigureAwait(false);
        switch (outcome)
        {
            case PasswordChangeOutcome.Changed changed:
                await audit.WriteOrLogAsync(context, AuditEventType.PasswordChanged, token.Subject, changed.Answer.SessionId).ConfigureAwait(false);
                await delivery.AnswerAsync(context, changed.Answer, session.Transport).ConfigureAwait(false);
                break;
            case PasswordChangeOutcome.Incomplete:
                await audit.WriteOrLogAsync(context, AuditEventType.PasswordChanged, token.Subject, session.Id).ConfigureAwait(false);
                await context.RefuseAsync(Problems.PasswordChangeIncomplete).ConfigureAwait(false);
                break;
            case PasswordChangeOutcome.Wrong:
                await audit.WriteAsync(context, AuditEventType.LoginRefused, token.Subject, session.Id, "password change").ConfigureAwait(false);
                await context.RefuseAsync(body.Otp is null ? Problems.WrongPassword : Problems.WrongProof).ConfigureAwait(false);
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
internal sealed record PasswordBody(string? CurrentPassword, string? NewPassword, string? Otp)
{
    /// <summary>A fixed mask, never a password.</summary>
    public override string ToString() => "(password change)";
}
