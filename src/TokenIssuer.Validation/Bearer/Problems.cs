using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Bearer;

/// <summary>Every answer with which a resource API turns a request away. The exact reason stays in the log.</summary>
internal static class Problems
{
    private const int RetryAfterSeconds = 1;

    public static BearerProblem Unavailable(RefusalReason reason) => reason == RefusalReason.StaleFeed
        ? new BearerProblem(503, "revocations_stale", "Whether the token was revoked can't be told now.") { RetryAfter = RetryAfterSeconds }
        : new BearerProblem(503, "issuer_unavailable", "The token can't be checked now.") { RetryAfter = RetryAfterSeconds };

    /// <summary>Without credentials no error is named (RFC 6750 §3.1).</summary>
    public static BearerProblem Unauthorized(TokenVerdict.Refused? refused)
    {
        if (refused is null)
        {
            return new BearerProblem(401, "token_missing", "A bearer token is needed.");
        }

        var word = Outcomes.ToClient(refused.Reason);
        return new BearerProblem(401, "token_" + word, $"The token is {word}.") { Error = "invalid_token", ErrorDescription = word };
    }

    public static BearerProblem Forbidden(string? scope) => scope is null
        ? new BearerProblem(403, "forbidden", "The token does not allow this.")
        : new BearerProblem(403, "insufficient_scope", "The token does not have the scope that is needed.") { Error = "insufficient_scope", Scope = scope };
}
