using Microsoft.Extensions.Logging;
using TokenIssuer.Revocation;

namespace TokenIssuer.Identity;

/// <summary>Every log event of the Identity integration, ids 7000 to 7999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(7001, LogLevel.Debug, "What happened to {User} ({Reason}) is revoked.", EventName = "OutboxDelivered")]
    public static partial void OutboxDelivered(this ILogger logger, string user, RevocationReason reason);

    [LoggerMessage(7002, LogLevel.Error, "What the outbox holds could not be revoked yet; it is tried again.", EventName = "OutboxUndelivered")]
    public static partial void OutboxUndelivered(this ILogger logger, Exception failure);
}
