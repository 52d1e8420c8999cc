using TokenIssuer.ApiTokens;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Families;

/// <summary>
/// The store, as whole steps of the protocol. Each verb is atomic: it happens with its log entries or not at all.
/// </summary>
/// <remarks>
/// Every verb judges with the maximum of what is stored and what the caller knows, and refuses with
/// <see cref="TokenStoreLossException"/>, writing nothing, when the store is not the one the caller has seen
/// (other store id, other epoch, log shorter than the caller's cursor). Whatever else keeps a verb from an answer is a
/// <see cref="TokenStoreUnavailableException"/>. Implementations set the time of a step themselves and report it.
/// A verb already under way is not undone because its caller left.
/// </remarks>
internal interface ITokenFamilyStore
{
    /// <summary>Reads what the store knows of a user, merged with what the caller knows. Writes nothing.</summary>
    Task<UserStanding> ReadUserAsync(UserKey user, Knowledge known, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a family, if the user's effective generation is still the one that was read before the password was
    /// verified, and enforces the session cap in the same step. The family it replaces ends in that step too, outside the cap;
    /// as always its entry is written whether a record exists or not, unless the log has one in force.
    /// </summary>
    Task<FamilyStarted> StartFamilyAsync(FamilyStart start, Knowledge known, CancellationToken cancellationToken);

    /// <summary>Applies <see cref="TokenFamily.Judge"/>; a reuse kills and logs in the same step.</summary>
    Task<Rotation> RotateAsync(RotationRequest request, Knowledge known, CancellationToken cancellationToken);

    /// <summary>Kills one family. The log entry is written whether a record exists or not.</summary>
    Task<Killed> RevokeFamilyAsync(SessionId session, RevocationReason reason, CancellationToken cancellationToken);

    /// <summary>Kills every other family of the user, one entry each.</summary>
    Task<Killed> RevokeOtherFamiliesAsync(SessionId keep, RevocationReason reason, CancellationToken cancellationToken);

    /// <summary>Raises a user's floors above every generation in use, creating the record if it is missing.</summary>
    Task<Killed> RevokeUserAsync(UserKey user, Subject subject, KillReach reach, RevocationReason reason, Knowledge known, CancellationToken cancellationToken);

    /// <summary>
    /// Raises <c>all</c>: the global entry first, then every partition. Who died of it is counted afterwards, for as long as an
    /// administrator may wait, and a count that fails takes nothing back.
    /// </summary>
    /// <param name="reason">Why.</param>
    /// <param name="highestKnown">The highest generation the caller has seen for anyone.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<Killed> RevokeAllAsync(RevocationReason reason, long highestKnown, CancellationToken cancellationToken);

    /// <summary>
    /// Writes entries that are not in effect yet and applies them to the records they speak of; skips the others.
    /// Used for single tokens and keys, and to re-assert what a store has lost.
    /// </summary>
    Task<Killed> AppendAsync(IReadOnlyList<RevocationEntry> entries, CancellationToken cancellationToken);

    /// <summary>The living families of a user, newest first.</summary>
    Task<IReadOnlyList<TokenFamily>> ListFamiliesAsync(UserKey user, Knowledge known, CancellationToken cancellationToken);

    /// <summary>Adds an API token, unless its birth is below the user's API floor or the user has <paramref name="max"/> living ones.</summary>
    Task<ApiTokenAdded> AddApiTokenAsync(ApiTokenRecord token, int max, Knowledge known, CancellationToken cancellationToken);

    /// <summary>Finds a living API token whose secret has this hash, and notes its use to the minute.</summary>
    Task<ApiTokenRecord?> UseApiTokenAsync(ApiTokenId token, UInt128 secretHash, Knowledge known, CancellationToken cancellationToken);

    /// <summary>The living API tokens of a user, newest first.</summary>
    Task<IReadOnlyList<ApiTokenRecord>> ListApiTokensAsync(UserKey user, Knowledge known, CancellationToken cancellationToken);

    /// <summary>Kills one API token. The log entry (its id as <c>jti</c>, in the user's partition) is written whether a record exists or not.</summary>
    Task<Killed> RevokeApiTokenAsync(ApiTokenId token, RevocationReason reason, CancellationToken cancellationToken);

    /// <summary>How many of a user's families and API tokens, or of everybody's for null, are alive. For administrators; O(n), and everybody is counted no longer than after <see cref="RevokeAllAsync"/>.</summary>
    Task<Killed> CountAsync(UserKey? user, CancellationToken cancellationToken);

    /// <summary>Raises the epoch by compare-and-set, so that everybody notices that a loss was healed.</summary>
    /// <returns>The end of the log under the epoch now in force, whoever raised it.</returns>
    Task<LogCursor> RaiseEpochAsync(long from, CancellationToken cancellationToken);

    /// <summary>
    /// Answers a rollback that nobody remembers: raises <c>all</c> and the epoch in one compare-and-set. Of many issuers
    /// that start at once, one does it.
    /// </summary>
    /// <param name="from">The epoch under which the loss was seen.</param>
    /// <param name="highestKnown">The highest generation the caller has seen for anyone.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<LogCursor> DisownAsync(long from, long highestKnown, CancellationToken cancellationToken);

    /// <summary>Whether the log has lost something up to <paramref name="seen"/> that may still be in force, even if it has grown past that since.</summary>
    /// <param name="seen">A cursor of this store in its present epoch.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<bool> HasLostAsync(LogCursor seen, CancellationToken cancellationToken);

    /// <summary>Compares the keys of an issuer with what the store remembers of the key that its tokens are sealed with, and remembers a newer one.</summary>
    /// <exception cref="InvalidOperationException">The issuer does not hold that key; nothing is written.</exception>
    Task AgreeOnSealKeyAsync(SealKeys held, CancellationToken cancellationToken);

    /// <summary>Probes whether verbs would be answered; throws like a verb when they would not.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
