using Microsoft.Extensions.Logging;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore;

/// <summary>Every log event of the HTTP side, ids 2000 to 2999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "{Path}: refused, the cookie does not come from an allowed origin.", EventName = "CookieFromForeignOrigin")]
    public static partial void CookieFromForeignOrigin(this ILogger logger, string path);

    [LoggerMessage(2002, LogLevel.Information, "{Path}: refused, a login from a foreign origin would have touched the cookie.", EventName = "LoginFromForeignOrigin")]
    public static partial void LoginFromForeignOrigin(this ILogger logger, string path);

    [LoggerMessage(2003, LogLevel.Information, "{Path}: refused, more than one refresh token was sent.", EventName = "AmbiguousRefreshToken")]
    public static partial void AmbiguousRefreshToken(this ILogger logger, string path);

    [LoggerMessage(2004, LogLevel.Information, "{Path}: throttled.", EventName = "Throttled")]
    public static partial void Throttled(this ILogger logger, string path);

    [LoggerMessage(2005, LogLevel.Information, "{Path}: refused, the tokens belong to {First} and {Second}.", EventName = "TokensOfDifferentSessions")]
    public static partial void TokensOfDifferentSessions(this ILogger logger, string path, SessionId first, SessionId second);

    [LoggerMessage(2006, LogLevel.Debug, "{Path}: answered {Status} {Code}.", EventName = "RequestRefused")]
    public static partial void RequestRefused(this ILogger logger, string path, int status, string code);

    [LoggerMessage(2010, LogLevel.Error, "{Path}: answered 503, the store or the directory failed.", EventName = "Unavailable")]
    public static partial void Unavailable(this ILogger logger, string path, Exception failure);

    [LoggerMessage(2011, LogLevel.Error, "{Path}: answered 500.", EventName = "Unexpected")]
    public static partial void Unexpected(this ILogger logger, string path, Exception failure);

    [LoggerMessage(2012, LogLevel.Information, "Session {SessionId} was replaced by {Successor} in the same browser.", EventName = "SessionReplaced")]
    public static partial void SessionReplaced(this ILogger logger, SessionId sessionId, SessionId successor);

    [LoggerMessage(2020, LogLevel.Information, "{Path}: client authentication failed.", EventName = "ClientRefused")]
    public static partial void ClientRefused(this ILogger logger, string path);
}
