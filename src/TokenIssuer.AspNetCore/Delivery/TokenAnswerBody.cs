using System.Diagnostics;

namespace TokenIssuer.AspNetCore.Delivery;

/// <summary>The token answer of the contract: RFC 6749 §5.1, with the session and how long it will be.</summary>
[DebuggerDisplay("token answer")]
internal sealed record TokenAnswerBody(
    string AccessToken,
    string TokenType,
    long ExpiresIn,
    string Scope,
    string? SessionId,
    long? SessionExpiresIn,
    long? IdleExpiresIn,
    string? RefreshToken)
{
    public static TokenAnswerBody Of(TokenAnswer answer, TokenTransport transport) => new(
        answer.AccessToken.Reveal(),
        "Bearer",
        (long)answer.ExpiresIn.TotalSeconds,
        answer.Scope.ToString(),
        answer.SessionId.ToString(),
        (long)answer.SessionExpiresIn.TotalSeconds,
        (long)answer.IdleExpiresIn.TotalSeconds,
        transport == TokenTransport.Body ? answer.RefreshToken.Reveal() : null);

    /// <summary>A service has no session: there is nothing to refresh.</summary>
    public static TokenAnswerBody Of(ServiceTokenAnswer answer) => new(
        answer.AccessToken.Reveal(),
        "Bearer",
        (long)answer.ExpiresIn.TotalSeconds,
        answer.Scope.ToString(),
        SessionId: null,
        SessionExpiresIn: null,
        IdleExpiresIn: null,
        RefreshToken: null);

    /// <summary>A fixed mask, never a token.</summary>
    public override string ToString() => "(token answer)";
}
