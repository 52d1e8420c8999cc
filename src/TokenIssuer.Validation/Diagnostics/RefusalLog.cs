using Microsoft.Extensions.Logging;
using TokenIssuer.Families;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Diagnostics;

/// <summary>One event for each reason, ids 3010 to 3024. Sessions are named only where the signature has vouched for them.</summary>
internal static partial class RefusalLog
{
    public static void Refused(this ILogger logger, RefusalReason reason, SessionId? session)
    {
        switch (reason)
        {
            case RefusalReason.Expired: logger.Expired(session); break;
            case RefusalReason.NotYet: logger.NotYet(session); break;
            case RefusalReason.BadSignature: logger.BadSignature(); break;
            case RefusalReason.UnknownKey: logger.UnknownKey(); break;
            case RefusalReason.WrongIssuer: logger.WrongIssuer(); break;
            case RefusalReason.WrongAudience: logger.WrongAudience(); break;
            case RefusalReason.WrongType: logger.WrongType(); break;
            case RefusalReason.Malformed: logger.Malformed(); break;
            case RefusalReason.RevokedSession: logger.RevokedSession(session); break;
            case RefusalReason.RevokedUser: logger.RevokedUser(session); break;
            case RefusalReason.RevokedToken: logger.RevokedToken(session); break;
            case RefusalReason.RevokedKey: logger.RevokedKey(session); break;
            case RefusalReason.StaleFeed: logger.StaleFeed(); break;
            case RefusalReason.StoreUnavailable: logger.StoreUnavailable(); break;
            case RefusalReason.Inactive: logger.Inactive(); break;
            default: throw new System.Diagnostics.UnreachableException(reason.ToString());
        }
    }

    [LoggerMessage(3010, LogLevel.Information, "Token of session {SessionId} refused: expired.", EventName = "TokenExpired")]
    private static partial void Expired(this ILogger logger, SessionId? sessionId);

    [LoggerMessage(3011, LogLevel.Information, "Token of session {SessionId} refused: its time has not come; a clock is wrong.", EventName = "TokenNotYet")]
    private static partial void NotYet(this ILogger logger, SessionId? sessionId);

    [LoggerMessage(3012, LogLevel.Information, "Token refused: its signature is not of the key it names.", EventName = "TokenBadSignature")]
    private static partial void BadSignature(this ILogger logger);

    [LoggerMessage(3013, LogLevel.Information, "Token refused: the issuer has no key of that name.", EventName = "TokenUnknownKey")]
    private static partial void UnknownKey(this ILogger logger);

    [LoggerMessage(3014, LogLevel.Information, "Token refused: it names another issuer.", EventName = "TokenWrongIssuer")]
    private static partial void WrongIssuer(this ILogger logger);

    [LoggerMessage(3015, LogLevel.Information, "Token refused: it is meant for another audience.", EventName = "TokenWrongAudience")]
    private static partial void WrongAudience(this ILogger logger);

    [LoggerMessage(3016, LogLevel.Information, "Token refused: it is no access token (typ).", EventName = "TokenWrongType")]
    private static partial void WrongType(this ILogger logger);

    [LoggerMessage(3017, LogLevel.Information, "Token refused: it is malformed.", EventName = "TokenMalformed")]
    private static partial void Malformed(this ILogger logger);

    [LoggerMessage(3018, LogLevel.Information, "Token of session {SessionId} refused: the session was revoked.", EventName = "TokenRevokedSession")]
    private static partial void RevokedSession(this ILogger logger, SessionId? sessionId);

    [LoggerMessage(3019, LogLevel.Information, "Token of session {SessionId} refused: the user's tokens were revoked.", EventName = "TokenRevokedUser")]
    private static partial void RevokedUser(this ILogger logger, SessionId? sessionId);

    [LoggerMessage(3020, LogLevel.Information, "Token of session {SessionId} refused: it was revoked.", EventName = "TokenRevoked")]
    private static partial void RevokedToken(this ILogger logger, SessionId? sessionId);

    [LoggerMessage(3021, LogLevel.Information, "Token of session {SessionId} refused: its key was retired.", EventName = "TokenRevokedKey")]
    private static partial void RevokedKey(this ILogger logger, SessionId? sessionId);

    [LoggerMessage(3022, LogLevel.Warning, "Token not judged: the replica of the revocation log is missing or too old.", EventName = "FeedStale")]
    private static partial void StaleFeed(this ILogger logger);

    [LoggerMessage(3023, LogLevel.Warning, "Token not judged: the issuer's keys or the revocation log can't be reached.", EventName = "IssuerUnavailable")]
    private static partial void StoreUnavailable(this ILogger logger);

    [LoggerMessage(3024, LogLevel.Information, "API token refused: the issuer does not vouch for it.", EventName = "TokenInactive")]
    private static partial void Inactive(this ILogger logger);
}
