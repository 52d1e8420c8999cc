using Microsoft.Extensions.Logging;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.Diagnostics;

/// <summary>Every log event of the core, ids 1000 to 1999; an id is never used for another event. No secret has a place here.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Debug, "Session {SessionId} started for {Subject} through {ClientId}.", EventName = "SessionStarted")]
    public static partial void SessionStarted(this ILogger logger, SessionId sessionId, Subject subject, string clientId);

    [LoggerMessage(1002, LogLevel.Information, "Login refused: {Reason}.", EventName = "LoginRefused")]
    public static partial void LoginRefused(this ILogger logger, string reason);

    [LoggerMessage(1003, LogLevel.Warning, "The generation of {Subject} moved during a login; starting over.", EventName = "LoginOvertaken")]
    public static partial void LoginOvertaken(this ILogger logger, Subject subject);

    [LoggerMessage(1010, LogLevel.Debug, "Session {SessionId}: refresh token {Verdict}.", EventName = "RefreshAnswered")]
    public static partial void RefreshAnswered(this ILogger logger, SessionId sessionId, RotationVerdict verdict);

    [LoggerMessage(1011, LogLevel.Information, "Session {SessionId}: refresh refused, {Verdict}.", EventName = "RefreshRefused")]
    public static partial void RefreshRefused(this ILogger logger, SessionId sessionId, RotationVerdict verdict);

    [LoggerMessage(1012, LogLevel.Information, "Refresh refused: the token is not one of ours.", EventName = "RefreshTokenUnsealable")]
    public static partial void RefreshTokenUnsealable(this ILogger logger);

    [LoggerMessage(1013, LogLevel.Warning, "Session {SessionId}: a spent refresh token was presented {Age} after its rotation; revoked.", EventName = "RefreshTokenReused")]
    public static partial void RefreshTokenReused(this ILogger logger, SessionId sessionId, TimeSpan age);

    [LoggerMessage(1014, LogLevel.Error, "Session {SessionId}: correctly sealed refresh token, {Verdict}. A refresh master key has leaked, or the store holds another family under this id.", EventName = "RefreshTokenForged")]
    public static partial void RefreshTokenForged(this ILogger logger, SessionId sessionId, RotationVerdict verdict);

    [LoggerMessage(1015, LogLevel.Error, "Session {SessionId}: the store had lost rotations; the session continues from the token presented.", EventName = "RotationRolledBack")]
    public static partial void RotationRolledBack(this ILogger logger, SessionId sessionId);

    [LoggerMessage(1016, LogLevel.Warning, "Session {SessionId}: replayed within the window by another agent.", EventName = "ForeignReplay")]
    public static partial void ForeignReplay(this ILogger logger, SessionId sessionId);

    [LoggerMessage(1017, LogLevel.Information, "Session {SessionId}: {Subject} is gone or disabled; revoked.", EventName = "RefreshOfAbsentUser")]
    public static partial void RefreshOfAbsentUser(this ILogger logger, SessionId sessionId, Subject subject);

    [LoggerMessage(1020, LogLevel.Information, "Revoked {Target} ({Reason}): {Sessions} sessions, {ApiTokens} API tokens.", EventName = "Revoked")]
    public static partial void Revoked(this ILogger logger, string target, string reason, int sessions, int apiTokens);

    [LoggerMessage(1030, LogLevel.Warning, "Following the revocation log ({Source}) was interrupted; the replica is {Age} old: {Reason}", EventName = "FeedInterrupted")]
    public static partial void FeedInterrupted(this ILogger logger, string source, TimeSpan age, string reason, Exception? failure);

    [LoggerMessage(1031, LogLevel.Error, "The store has lost what was seen: known {KnownStore}/{KnownEpoch}, found {FoundStore}/{FoundEpoch}. Refreshes wait until it is healed.", EventName = "StoreLossSeen")]
    public static partial void StoreLossSeen(this ILogger logger, string knownStore, long knownEpoch, string foundStore, long foundEpoch);

    [LoggerMessage(1032, LogLevel.Warning, "Store {Store} was healed; epoch {Epoch}.", EventName = "StoreLossHealed")]
    public static partial void StoreLossHealed(this ILogger logger, string store, long epoch);

    [LoggerMessage(1033, LogLevel.Warning, "The witness knows store {Witnessed}, and this is {Found}: a new store, everything older is dead.", EventName = "OtherStoreThanWitnessed")]
    public static partial void OtherStoreThanWitnessed(this ILogger logger, string witnessed, string found);

    [LoggerMessage(1034, LogLevel.Error, "Store {Store} is behind its witness: it was restored from a backup. Every session ends.", EventName = "StoreBehindWitness")]
    public static partial void StoreBehindWitness(this ILogger logger, string store);

    [LoggerMessage(1035, LogLevel.Error, "The witness {Path} can't be read; a rollback of the store would not be noticed.", EventName = "WitnessUnreadable")]
    public static partial void WitnessUnreadable(this ILogger logger, string path, Exception failure);

    [LoggerMessage(1036, LogLevel.Error, "The witness {Path} can't be written; a rollback of the store would not be noticed.", EventName = "WitnessUnwritable")]
    public static partial void WitnessUnwritable(this ILogger logger, string path, Exception failure);

    [LoggerMessage(1037, LogLevel.Warning, "There is no witness of store {Store} yet: had it been restored from a backup, that would not be noticed. If it was, revoke everything.", EventName = "NoWitness")]
    public static partial void NoWitness(this ILogger logger, string store);

    [LoggerMessage(1040, LogLevel.Information, "Signing key {Number} was created.", EventName = "SigningKeyCreated")]
    public static partial void SigningKeyCreated(this ILogger logger, int number);

    [LoggerMessage(1041, LogLevel.Error, "The keys folder can't be read; the keys already loaded go on working.", EventName = "KeysUnreadable")]
    public static partial void KeysUnreadable(this ILogger logger, Exception failure);

    [LoggerMessage(1042, LogLevel.Error, "Issuers of this store have different keys. {Reason}", EventName = "SealKeysDiffer")]
    public static partial void SealKeysDiffer(this ILogger logger, string reason);

    [LoggerMessage(1043, LogLevel.Error, "The key {Path} is retired, and its file is still there. It is out of this issuer's ring until the next start: replace the file by a new key.", EventName = "RetiredKeyLeft")]
    public static partial void RetiredKeyLeft(this ILogger logger, string path);

    [LoggerMessage(1045, LogLevel.Error, "The password of user {User} is changed, and the store did not answer: earlier tokens die as soon as it does.", EventName = "PasswordChangeIncomplete")]
    public static partial void PasswordChangeIncomplete(this ILogger logger, Subject user, Exception? failure);

    [LoggerMessage(1050, LogLevel.Information, "Audit: {Type}, user {User}, session {Session}, by {Actor} from {Address}: {Reason}.", EventName = "Audited")]
    public static partial void Audited(
        this ILogger logger, AuditEventType type, Subject? user, SessionId? session, Subject? actor, string? address, string? reason);

    [LoggerMessage(1051, LogLevel.Error, "The audit log did not take {Type} of user {User}, session {SessionId}, by {Actor} from {Address} with {UserAgent}: {Reason}.", EventName = "AuditEventKeptHere")]
    public static partial void AuditEventKeptHere(
        this ILogger logger, AuditEventType type, Subject? user, SessionId? sessionId, Subject? actor, string? address, string? userAgent, string? reason, Exception failure);
}
