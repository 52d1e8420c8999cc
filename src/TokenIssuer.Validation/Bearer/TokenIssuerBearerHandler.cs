using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Bearer;

/// <summary>
/// JwtBearer with the gate in place of its token validation. The application's <see cref="JwtBearerEvents"/> work as ever,
/// except that after a refusal nobody is asked who could turn it into an acceptance.
/// </summary>
internal sealed class TokenIssuerBearerHandler(
    IOptionsMonitor<JwtBearerOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    TokenGate gate) : JwtBearerHandler(options, loggers, encoder)
{
    private TokenVerdict? _verdict;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var received = new MessageReceivedContext(Context, Scheme, Options);
        await Events.MessageReceived(received).ConfigureAwait(false);
        if (received.Result is { } decided)
        {
            return decided;
        }

        var presented = received.Token;
        if (presented is null && !BearerCredentials.TryRead(Request.Headers.Authorization, out presented))
        {
            return AuthenticateResult.NoResult();
        }

        _verdict = presented is null
            ? gate.Refuse(RefusalReason.Malformed)
            : await gate.JudgeAsync(presented, RevocationDemand.Of(Context), Context.RequestAborted).ConfigureAwait(false);
        return _verdict is TokenVerdict.Accepted accepted
            ? await AdmitAsync(accepted.Token).ConfigureAwait(false)
            : AuthenticateResult.Fail(Outcomes.NameOf(_verdict));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false);
        if (_verdict is TokenVerdict.Unavailable unavailable)
        {
            await Problems.Unavailable(unavailable.Reason).WriteAsync(Context).ConfigureAwait(false);
            return;
        }

        var problem = Problems.Unauthorized(_verdict as TokenVerdict.Refused);
        var challenge = new JwtBearerChallengeContext(Context, Scheme, Options, properties)
        {
            AuthenticateFailure = result?.Failure,
            Error = problem.Error,
            ErrorDescription = problem.ErrorDescription,
        };
        await Events.Challenge(challenge).ConfigureAwait(false);
        if (!challenge.Handled)
        {
            await (problem with { Error = challenge.Error, ErrorDescription = challenge.ErrorDescription })
                .WriteAsync(Context).ConfigureAwait(false);
        }
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        await Events.Forbidden(new ForbiddenContext(Context, Scheme, Options)).ConfigureAwait(false);
        if (!Response.HasStarted)
        {
            await Problems.Forbidden(ScopeRequirement.DemandedBy(Context.GetEndpoint())).WriteAsync(Context).ConfigureAwait(false);
        }
    }

    private async Task<AuthenticateResult> AdmitAsync(VerifiedAccessToken token)
    {
        var validated = new TokenValidatedContext(Context, Scheme, Options) { Principal = token.CreatePrincipal() };
        await Events.TokenValidated(validated).ConfigureAwait(false);
        if (validated.Result is { } decided)
        {
            return decided;
        }

        // What a token has opened must not be found in a cache after it was revoked; the endpoint may decide otherwise.
        Response.Headers.CacheControl = "no-store";
        validated.Success();
        return validated.Result ?? AuthenticateResult.NoResult();
    }
}
