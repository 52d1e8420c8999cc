using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <content>API tokens.</content>
internal sealed partial class SqliteTokenFamilyStore
{
    public Task<ApiTokenAdded> AddApiTokenAsync(ApiTokenRecord token, int max, Knowledge known, CancellationToken cancellationToken) => _writer.RunAsync(
        (token, max, known), static (step, it) => ApiTokenSteps.Add(step, it.token, it.max, it.known), cancellationToken);

    public async Task<ApiTokenRecord?> UseApiTokenAsync(ApiTokenId token, UInt128 secretHash, Knowledge known, CancellationToken cancellationToken)
    {
        // Most uses change nothing, and only read.
        var (record, isNoted) = await _readers.RunAsync(
            step => ApiTokenSteps.Find(step, token, secretHash, known) is { } found ? (found, ApiTokenSteps.IsNoted(found, step.Now)) : default,
            cancellationToken).ConfigureAwait(false);
        if (record is null || isNoted)
        {
            return record;
        }

        var use = await _writer.RunAsync(
            (token, secretHash, known), static (step, it) => ApiTokenSteps.Use(step, it.token, it.secretHash, it.known), cancellationToken).ConfigureAwait(false);
        return use.Token;
    }

    public Task<IReadOnlyList<ApiTokenRecord>> ListApiTokensAsync(UserKey user, Knowledge known, CancellationToken cancellationToken) => _readers.RunAsync(
        IReadOnlyList<ApiTokenRecord> (step) =>
        {
            step.Store.ThrowUnlessSeen(known.Cursor);
            var record = step.Users.Find(user);
            var living = step.LivingApiTokensOf(user, record, step.FloorsOf(record, known.Floors));
            living.Sort(static (left, right) => right.CreatedAt.CompareTo(left.CreatedAt));
            return living;
        },
        cancellationToken);

    public Task<Killed> RevokeApiTokenAsync(ApiTokenId token, RevocationReason reason, CancellationToken cancellationToken) => _writer.RunAsync(
        (token, reason), static (step, it) => ApiTokenSteps.Revoke(step, it.token, it.reason), cancellationToken);
}
