using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary>
/// <c>/auth/totp</c>: a user's authenticator app. A stolen access token changes nothing here: password and, where there is a
/// second factor, a code of it are asked for again, and counted like those of a login.
/// </summary>
internal sealed class TotpEndpoint(
    ISecondFactors factors, UserDirectory directory, TokenAuthority authority, IOptions<TokenIssuerOptions> options, RequestAudit audit)
{
    public async Task BeginAsync(HttpContext context)
    {
        if (await ReadAsync(context, order => order is { CurrentPassword.Length: > 0 }, Problems.MissingPassword).ConfigureAwait(false) is not { } order
            || await ProveAsync(context, order).ConfigureAwait(false) is not { } user)
        {
            return;
        }

        var secret = await factors.BeginAsync(user.Subject, context.RequestAborted).ConfigureAwait(false);
        await (secret is null
            ? context.RefuseAsync(Problems.InvalidToken)
            : context.Response.WriteJsonAsync(new TotpBody(secret.Reveal(), AddressOf(secret, user.Username)), IssuerJson.Default.TotpBody)).ConfigureAwait(false);
    }

    public async Task ConfirmAsync(HttpContext context)
    {
        if (await ReadAsync(context, order => order is { Otp.Length: > 0 }, Problems.MissingOtp).ConfigureAwait(false) is not { Otp: { } otp })
        {
            return;
        }

        var user = context.BearerToken().Subject;
        var confirmation = await factors.ConfirmAsync(user, otp, context.RequestAborted).ConfigureAwait(false);
        await (confirmation switch
        {
            SecondFactorConfirmation.Wrong => context.RefuseAsync(Problems.WrongOtp),
            SecondFactorConfirmation.NotBegun => context.RefuseAsync(Problems.SecondFactorNotBegun),
            SecondFactorConfirmation.Enabled => EndAsync(context, AuditEventType.SecondFactorEnabled, user, reason: null),
            SecondFactorConfirmation.Replaced => KillAsync(context, AuditEventType.SecondFactorEnabled, user, "replaced"),
        }).ConfigureAwait(false);
    }

    public async Task RemoveAsync(HttpContext context)
    {
        if (await ReadAsync(context, order => order is { CurrentPassword.Length: > 0, Otp.Length: > 0 }, Problems.MissingProof).ConfigureAwait(false) is not { } order
            || await ProveAsync(context, order).ConfigureAwait(false) is not { Subject: var user })
        {
            return;
        }

        await (await factors.RemoveAsync(user, context.RequestAborted).ConfigureAwait(false)
            ? KillAsync(context, AuditEventType.SecondFactorReset, user, reason: null)
            : context.RefuseAsync(Problems.NotFound)).ConfigureAwait(false);
    }

    private static async Task<TotpOrder?> ReadAsync(HttpContext context, Func<TotpOrder, bool> isComplete, Problem incomplete)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.TotpOrder).ConfigureAwait(false);
        var refusal = reading switch
        {
            { Refusal: { } problem } => problem,
            { Value: { CurrentPassword.Length: > InputLimits.Password } or { Otp.Length: > InputLimits.Otp } } => Problems.MemberTooLong,
            { Value: { } order } when isComplete(order) => null,
            _ => incomplete,
        };
        if (refusal is null)
        {
            return reading.Value;
        }

        await context.RefuseAsync(refusal).ConfigureAwait(false);
        return null;
    }

    /// <returns>Null when the caller has been turned away.</returns>
    private async Task<UserClaims?> ProveAsync(HttpContext context, TotpOrder order)
    {
        var subject = context.BearerToken().Subject;
        if (await directory.LoadAsync(subject, context.RequestAborted).ConfigureAwait(false) is not { } user)
        {
            await context.RefuseAsync(Problems.InvalidToken).ConfigureAwait(false);
            return null;
        }

        var credentials = new Credentials(user.Username, order.CurrentPassword ?? string.Empty, order.Otp);
        var verdict = await directory.VerifyAsync(subject, credentials, context.RequestAborted).ConfigureAwait(false);
        if (verdict == CredentialVerdict.Correct)
        {
            return user;
        }

        if (verdict == CredentialVerdict.SecondFactorRequired)
        {
            await context.RefuseAsync(Problems.OtpRequired).ConfigureAwait(false);
            return null;
        }

        await audit.WriteAsync(context, AuditEventType.LoginRefused, subject, context.BearerToken().Identity.Session, "second factor change").ConfigureAwait(false);
        await context.RefuseAsync(Problems.WrongProof).ConfigureAwait(false);
        return null;
    }

    /// <summary>The directory has changed: from here on the tokens must follow, whether the caller waits or not.</summary>
    private async Task KillAsync(HttpContext context, AuditEventType type, Subject user, string? reason)
    {
        try
        {
            await authority.RevokeAsync(new RevocationTarget.EverythingOf(user), RevocationReason.SecondFactorReset, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            // Also when the store is down: a repetition would find the factor changed already, and nothing to write down.
            await EndAsync(context, type, user, reason).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(HttpContext context, AuditEventType type, Subject user, string? reason)
    {
        await audit.WriteOrLogAsync(context, type, user, context.BearerToken().Identity.Session, reason).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>What authenticator apps read from a QR code (Key Uri Format); they take SHA-1, six digits and 30 seconds for granted.</summary>
    private string AddressOf(TotpSecret secret, string username)
    {
        var issuer = Uri.EscapeDataString(new Uri(options.Value.Issuer).Host);
        return $"otpauth://totp/{issuer}:{Uri.EscapeDataString(username)}?secret={secret.Reveal()}&issuer={issuer}&algorithm=SHA1&digits=6&period=30";
    }
}

/// <summary>The bodies of the changes; each wants its own members.</summary>
internal sealed record TotpOrder(string? CurrentPassword, string? Otp)
{
    /// <summary>A fixed mask, never a password or code.</summary>
    public override string ToString() => "(second factor change)";
}

/// <summary>A second factor that is to be confirmed. The secret is in this answer and nowhere else.</summary>
internal sealed record TotpBody(string Secret, string OtpauthUri)
{
    /// <summary>A fixed mask, never the secret.</summary>
    public override string ToString() => "(second factor)";
}
