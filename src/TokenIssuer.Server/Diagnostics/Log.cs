namespace TokenIssuer.Server.Diagnostics;

/// <summary>Every log event of the server, ids 6000 to 6999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Information, "User {Username} was created from the configuration.", EventName = "UserSeeded")]
    public static partial void UserSeeded(this ILogger logger, string username);

    [LoggerMessage(6010, LogLevel.Warning, "Not ready: {Component}: {Reason}", EventName = "NotReady")]
    public static partial void NotReady(this ILogger logger, string component, string reason, Exception? failure);

    [LoggerMessage(6020, LogLevel.Information, "Refused {Path} over plain HTTP.", EventName = "PlainHttpRefused")]
    public static partial void PlainHttpRefused(this ILogger logger, string path);

    [LoggerMessage(6021, LogLevel.Information, "Too many logins from one address.", EventName = "LoginsThrottled")]
    public static partial void LoginsThrottled(this ILogger logger);

    [LoggerMessage(6030, LogLevel.Warning, "{Setting} is no setting of the issuer and has no effect: is it misspelt?", EventName = "UnknownSetting")]
    public static partial void UnknownSetting(this ILogger logger, string setting);

    [LoggerMessage(6031, LogLevel.Warning, "The private key {Path} is open to others than its owner (mode {Mode}): chmod 600 it.", EventName = "KeyOpenToOthers")]
    public static partial void KeyOpenToOthers(this ILogger logger, string path, string mode);
}
