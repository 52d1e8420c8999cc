using Microsoft.AspNetCore.Http;
using TokenIssuer.AccessTokens;
using TokenIssuer.AspNetCore.Clients;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.AspNetCore.Feed;

/// <summary>Who may follow the revocation log: a client that authenticates itself, or a bearer; both need the scope.</summary>
internal sealed class FeedAccess(TokenGate gate, ClientAuthentication clients)
{
    private const string ReadScope = "revocations:read";

    public async ValueTask<FeedFollower> JudgeAsync(HttpContext context)
    {
        if (!BearerCredentials.TryRead(context.Request.Headers.Authorization, out var text))
        {
            return clients.Authenticate(context) switch
            {
                ClientVerdict.Known { Client: var client } when client.Scopes.Contains(ReadScope) => new FeedFollower.Client(),
                ClientVerdict.Known => new FeedFollower.Refused(Problems.InsufficientScope, Challenge: null),
                var unknown => new FeedFollower.Unproved(unknown),
            };
        }

        var verdict = text is null ? null : await gate.JudgeAsync(text, RevocationDemand.OfIssuer, context.RequestAborted).ConfigureAwait(false);
        return verdict switch
        {
            TokenVerdict.Accepted { Token: var token } when token.Scope.Contains(ReadScope) => new FeedFollower.Bearer(token.Identity),
            TokenVerdict.Accepted => new FeedFollower.Refused(
                Problems.InsufficientScope, $"Bearer error=\"insufficient_scope\", scope=\"{ReadScope}\""),
            TokenVerdict.Unavailable => new FeedFollower.Refused(Problems.Unavailable, Challenge: null),
            _ => new FeedFollower.Refused(Problems.InvalidToken, "Bearer error=\"invalid_token\""),
        };
    }
}

/// <summary>Who asks for the log.</summary>
internal abstract record FeedFollower
{
    private FeedFollower()
    {
    }

    /// <summary>A client that has proved itself; its stream has no end.</summary>
    public sealed record Client : FeedFollower;

    /// <summary>Whoever holds a token with the scope; its stream ends when the token is revoked, not when it expires.</summary>
    public sealed record Bearer(TokenIdentity Token) : FeedFollower;

    /// <summary>A client that did not prove itself.</summary>
    public sealed record Unproved(ClientVerdict Verdict) : FeedFollower;

    /// <summary>Nobody who may.</summary>
    public sealed record Refused(Problem Problem, string? Challenge) : FeedFollower;
}
