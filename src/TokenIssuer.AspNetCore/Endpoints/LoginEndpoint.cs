using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TokenIssuer.AspNetCore.Clients;
using TokenIssuer.AspNetCore.Delivery;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>POST /auth/login</c>. A login over a session of the same browser ends that one.</summary>
internal sealed class LoginEndpoint(
    TokenAuthority authority,
    TokenDelivery delivery,
    RefreshCookie cookie,
    LoginClients clients,
    OriginCheck origins,
    RequestAudit audit,
    ILogger<LoginEndpoint> logger)
{
    public async Task LogInAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.LoginBody).ConfigureAwait(false);
        if ((reading.Refusal ?? Check(reading.Value)) is { } refusal)
        {
            await context.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        var body = reading.Value ?? throw new UnreachableException("A missing body was refused.");
        await (clients.Identify(context, body) switch
        {
            LoginParty.Known party => LogInAsync(context, body, party),
            LoginParty.Unproved unproved => unproved.Verdict.RefuseAsync(context),
            LoginParty.Refused refused => context.RefuseAsync(refused.Problem),
            var party => throw new UnreachableException(party.GetType().Name),
        }).ConfigureAwait(false);
    }

    private static Problem? Check(LoginBody? body) => body switch
    {
        null or { Username: null or "" } or { Password: null or "" } => Problems.MissingCredentials,
        { Username.Length: > InputLimits.Username } or { Password.Length: > InputLimits.Password } or { Otp.Length: > InputLimits.Otp }
            => Problems.MemberTooLong,
        { Device.Length: > InputLimits.Device } => Problems.InvalidDevice,
        { Device: { } device } when !PlainText.Is(device) => Problems.InvalidDevice,
        { Delivery: not (null or "cookie" or "body") } => Problems.InvalidDelivery,
        _ => null,
    };

    private async Task LogInAsync(HttpContext context, LoginBody body, LoginParty.Known party)
    {
        var presented = cookie.Read(context.Request);
        if (presented is PresentedCookie.Several)
        {
            logger.AmbiguousRefreshToken(context.EndpointName());
            await context.RefuseAsync(Problems.AmbiguousRefreshToken).ConfigureAwait(false);
            return;
        }

        // Login CSRF: a foreign page must not plant its own session in this browser, nor end the one that is there. Clients
        // that are no browsers send neither header and are let through; no browser can be made to leave both out.
        if ((party.Transport == TokenTransport.Cookie || presented is PresentedCookie.One)
            && origins.Judge(context.Request) == OriginVerdict.Foreign)
        {
            logger.LoginFromForeignOrigin(context.EndpointName());
            await context.RefuseAsync(Problems.ForbiddenOrigin).ConfigureAwait(false);
            return;
        }

        var credentials = new Credentials(body.Username ?? string.Empty, body.Password ?? string.Empty, body.Otp);
        var replaced = presented is PresentedCookie.One { Token: var token } && authority.TryFindSession(token, out var old) ? old : (SessionId?)null;
        var request = SessionRequests.ForNewSession(context, party.ClientId, party.Scope, body.Device, party.Transport) with { Replaces = replaced };
        var outcome = await authority.LogInAsync(credentials, request, context.RequestAborted).ConfigureAwait(false);
        await (outcome switch
        {
            LoginOutcome.LoggedIn success => WelcomeAsync(context, success, replaced, party.Transport),
            LoginOutcome.Refused refused => TurnAwayAsync(context, refused),
            LoginOutcome.SessionLimitReached full => TurnAwayAsync(context, full),
            LoginOutcome.InvalidScope => context.RefuseAsync(Problems.InvalidScope),
            _ => throw new UnreachableException(outcome.GetType().Name),
        }).ConfigureAwait(false);
    }

    private async Task WelcomeAsync(HttpContext context, LoginOutcome.LoggedIn success, SessionId? replaced, TokenTransport transport)
    {
        // The new session is there: a caller who leaves now must neither keep the old one alive nor stay out of the audit log.
        var (user, session) = (success.User.Subject, success.Answer.SessionId);
        await NoteAsync(context, success).ConfigureAwait(false);
        if (replaced is { } old)
        {
            logger.SessionReplaced(old, session);

            // The user's own ended when the new one began; this is for the session of somebody else.
            if (success.Replaced != old
                && await authority.RevokeAsync(new RevocationTarget.Session(old), RevocationReason.Replaced, CancellationToken.None).ConfigureAwait(false) is { Sessions: > 0 })
            {
                // Whose it was only the store could tell, and a login asks it three times at most.
                await audit.WriteOrLogAsync(context, AuditEventType.Revoked, user: null, old, nameof(RevocationReason.Replaced), actor: user).ConfigureAwait(false);
            }
        }

        await delivery.AnswerAsync(context, success.Answer, transport).ConfigureAwait(false);
    }

    private async Task NoteAsync(HttpContext context, LoginOutcome.LoggedIn success)
    {
        var (user, session) = (success.User.Subject, success.Answer.SessionId);
        try
        {
            await audit.WriteAsync(context, AuditEventType.Login, user, session).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException)
        {
            // The login will not be acknowledged: its tokens reach nobody, and with every repetition an orphan more would count against the cap.
            await authority.RevokeAsync(new RevocationTarget.Session(session), RevocationReason.Logout, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            foreach (var evicted in success.Evicted)
            {
                await audit.WriteOrLogAsync(context, AuditEventType.SessionEvicted, user, evicted).ConfigureAwait(false);
            }

            if (success.Replaced is { } own)
            {
                await audit.WriteOrLogAsync(context, AuditEventType.Revoked, user, own, nameof(RevocationReason.Replaced)).ConfigureAwait(false);
            }
        }
    }

    private async Task TurnAwayAsync(HttpContext context, LoginOutcome.SessionLimitReached full)
    {
        await audit.WriteAsync(context, AuditEventType.LoginRefused, full.Subject, session: null, nameof(LoginOutcome.SessionLimitReached)).ConfigureAwait(false);
        await context.RefuseAsync(Problems.SessionLimit).ConfigureAwait(false);
    }

    private async Task TurnAwayAsync(HttpContext context, LoginOutcome.Refused refused)
    {
        await audit.WriteAsync(context, AuditEventType.LoginRefused, refused.Subject, session: null, refused.Verdict.ToString()).ConfigureAwait(false);
        await context.RefuseAsync(
            refused.Verdict == CredentialVerdict.SecondFactorRequired ? Problems.SecondFactorRequired : Problems.InvalidCredentials).ConfigureAwait(false);
    }
}

/// <summary>The body of a login.</summary>
internal sealed record LoginBody(string? Username, string? Password, string? Otp, string? Scope, string? Device, string? Delivery, string? ClientId)
{
    /// <summary>A fixed mask, never the password.</summary>
    public override string ToString() => "(login)";
}
