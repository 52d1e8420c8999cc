using Microsoft.Extensions.Logging;

namespace TokenIssuer.Validation.Diagnostics;

/// <summary>Every log event of token validation, ids 3000 to 3999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Debug, "{Count} keys of {Issuer} read.", EventName = "KeysRead")]
    public static partial void KeysRead(this ILogger logger, string issuer, int count);

    [LoggerMessage(3002, LogLevel.Warning, "The keys of the issuer can't be read from {Address}; those already known go on working: {Reason}", EventName = "KeysUnreadable")]
    public static partial void KeysUnreadable(this ILogger logger, string address, string reason, Exception? failure);

    [LoggerMessage(3003, LogLevel.Warning, "The revocation log can't be read now; strict requests are answered with 503: {Reason}", EventName = "StrictReadFailed")]
    public static partial void StrictReadFailed(this ILogger logger, string reason, Exception? failure);

    [LoggerMessage(3004, LogLevel.Warning, "The issuer can't be asked about API tokens; those it has not vouched for lately are answered with 503: {Reason}", EventName = "IntrospectionFailed")]
    public static partial void IntrospectionFailed(this ILogger logger, string reason, Exception? failure);

    [LoggerMessage(3005, LogLevel.Warning, "Too many unknown API tokens at once: the issuer is not asked about this one.", EventName = "UnknownApiTokensThrottled")]
    public static partial void TooManyUnknownApiTokens(this ILogger logger);

    [LoggerMessage(3006, LogLevel.Warning, "The key folder can't be read again now; the keys already known go on working.", EventName = "KeyFolderUnreadable")]
    public static partial void KeyFolderUnreadable(this ILogger logger, Exception failure);
}
