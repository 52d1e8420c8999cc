using Microsoft.Extensions.Logging;

namespace TokenIssuer.Sqlite;

/// <summary>Every log event of the embedded store, ids 4000 to 4999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Information, "A new token store was born in {Path}; tokens older than it are dead.", EventName = "StoreBorn")]
    public static partial void StoreBorn(this ILogger logger, string path);

    [LoggerMessage(4002, LogLevel.Error, "Writing to the token store {Path} failed; the callers are told to try again.", EventName = "WriteFailed")]
    public static partial void WriteFailed(this ILogger logger, string path, Exception failure);

    [LoggerMessage(4003, LogLevel.Error, "Another file took the place of the token store {Path} while it was open; opening that one.", EventName = "FileReplaced")]
    public static partial void FileReplaced(this ILogger logger, string path);
}
