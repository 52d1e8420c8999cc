using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TokenIssuer.ApiTokens;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary><c>/auth/api-tokens</c>: bearer credentials that a user makes for scripts. The secret is in one answer and nowhere else.</summary>
internal sealed class ApiTokensEndpoint(TokenAuthority authority, RequestAudit audit)
{
    public const string IdParameter = "id";

    public async Task CreateAsync(HttpContext context)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.ApiTokenOrder).ConfigureAwait(false);
        var bearer = context.BearerToken();
        if ((reading.Refusal ?? Check(reading.Value, bearer)) is { } refusal)
        {
            await context.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        var order = reading.Value ?? throw new UnreachableException("A missing body was refused.");
        var creation = await authority.CreateApiTokenAsync(
            bearer.Subject,
            bearer.Identity.Generation,
            order.Name ?? string.Empty,
            Narrow(order.Scope, bearer),
            TimeSpan.FromSeconds(order.ExpiresIn ?? 0),
            context.RequestAborted).ConfigureAwait(false);
        await (creation switch
        {
            ApiTokenCreation.Created created => ShowAsync(context, bearer.Subject, created),
            ApiTokenCreation.BearerRevoked => context.RefuseAsync(Problems.InvalidToken),
            ApiTokenCreation.LimitReached => context.RefuseAsync(Problems.ApiTokenLimit),
            _ => throw new UnreachableException(creation.GetType().Name),
        }).ConfigureAwait(false);
    }

    public async Task ListAsync(HttpContext context)
    {
        var tokens = await authority.ListApiTokensAsync(context.BearerToken().Subject, context.RequestAborted).ConfigureAwait(false);
        var body = new ApiTokensBody([.. tokens.Select(token => ApiTokenBody.Of(token, secret: null))]);
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.ApiTokensBody).ConfigureAwait(false);
    }

    /// <summary>Another user's token is answered like one that does not exist.</summary>
    public async Task EndAsync(HttpContext context)
    {
        var user = context.BearerToken().Subject;
        var tokens = await authority.ListApiTokensAsync(user, context.RequestAborted).ConfigureAwait(false);
        if (!ApiTokenId.TryParse(context.GetRouteValue(IdParameter) as string, out var id) || tokens.All(token => token.Id != id))
        {
            await context.RefuseAsync(Problems.NotFound).ConfigureAwait(false);
            return;
        }

        await audit.WriteAsync(context, AuditEventType.ApiTokenDeleted, user, session: null, NameOf(id)).ConfigureAwait(false);
        await authority.RevokeAsync(new RevocationTarget.ApiToken(id), RevocationReason.EndedByUser, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Problem? Check(ApiTokenOrder? order, VerifiedAccessToken bearer)
    {
        if (order is not { Name.Length: > 0 and <= InputLimits.ApiTokenName, ExpiresIn: > 0 and <= InputLimits.ApiTokenLifetime }
            || !PlainText.Is(order.Name))
        {
            return Problems.InvalidApiToken;
        }

        return Scope.TryParse(order.Scope, out var scope) && bearer.Scope.Covers(scope) ? null : Problems.ScopeTooWide;
    }

    private static Scope Narrow(string? asked, VerifiedAccessToken bearer)
        => Scope.TryParse(asked, out var scope) && scope != Scope.None ? scope : bearer.Scope;

    private async Task ShowAsync(HttpContext context, Subject user, ApiTokenCreation.Created created)
    {
        var id = created.Description.Id;
        try
        {
            await audit.WriteAsync(context, AuditEventType.ApiTokenCreated, user, session: null, NameOf(id)).ConfigureAwait(false);
        }
        catch (TokenStoreUnavailableException)
        {
            // Nobody will ever see it, and it would count against how many a user may have.
            await authority.RevokeAsync(new RevocationTarget.ApiToken(id), RevocationReason.EndedByUser, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        await context.Response.WriteJsonAsync(
            ApiTokenBody.Of(created.Description, created.Token.Reveal()), IssuerJson.Default.ApiTokenBody).ConfigureAwait(false);
    }

    private static string NameOf(ApiTokenId id) => $"API token {id}";
}

/// <summary>The wish for an API token; <c>expires_in</c> in seconds.</summary>
internal sealed record ApiTokenOrder(string? Name, string? Scope, long? ExpiresIn);

/// <summary>The API tokens of one user, newest first.</summary>
internal sealed record ApiTokensBody(IReadOnlyList<ApiTokenBody> ApiTokens);

/// <summary>One API token; its secret only in the answer that creates it.</summary>
internal sealed record ApiTokenBody(
    string Id, string? Token, string Name, string Scope, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt)
{
    public static ApiTokenBody Of(ApiTokenDescription token, string? secret) => new(
        token.Id.ToString(), secret, token.Name, token.Scope.ToString(), token.CreatedAt, token.ExpiresAt, token.LastUsedAt);

    /// <summary>A fixed mask where the secret is.</summary>
    public override string ToString() => $"(API token {Id})";
}
