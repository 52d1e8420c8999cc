using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer;

/// <content>API tokens: bearer credentials that a user makes for scripts, introspected by resource APIs.</content>
public sealed partial class TokenAuthority
{
    /// <summary>Makes an API token for a user.</summary>
    /// <param name="user">Whose it will be.</param>
    /// <param name="bearerGeneration">The <c>gen</c> of the access token that asks: the API token is born with it, and dies with what kills it.</param>
    /// <param name="name">What the owner calls it; 1 to 64 characters.</param>
    /// <param name="scope">What it may do; the caller has checked that the bearer may do as much.</param>
    /// <param name="lifetime">How long it lives, from a second to a year.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<ApiTokenCreation> CreateApiTokenAsync(
        Subject user, long bearerGeneration, string name, Scope scope, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        ThrowUnlessTrusted();
        var key = KeyOf(user);
        var token = ApiToken.New(key);
        var now = _clock.GetUtcNow();
        var record = new ApiTokenRecord(token.Id, user, name, scope, token.SecretHash, bearerGeneration, now, now + lifetime, LastUsedAt: null);
        var added = await _store.AddApiTokenAsync(record, _options.MaxApiTokensPerUser, _denylist.KnowledgeOf(key), cancellationToken).ConfigureAwait(false);
        return added switch
        {
            ApiTokenAdded.Added => new ApiTokenCreation.Created(token, Describe(record)),
            ApiTokenAdded.BearerRevoked => new ApiTokenCreation.BearerRevoked(),
            ApiTokenAdded.LimitReached => new ApiTokenCreation.LimitReached(),
        };
    }

    /// <summary>The living API tokens of a user, newest first.</summary>
    /// <param name="user">The user.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<ApiTokenDescription>> ListApiTokensAsync(Subject user, CancellationToken cancellationToken)
    {
        var key = KeyOf(user);
        var records = await _store.ListApiTokensAsync(key, _denylist.KnowledgeOf(key), cancellationToken).ConfigureAwait(false);
        return [.. records.Where(record => !_denylist.Lists(record.Id)).Select(Describe)];
    }

    /// <summary>Looks a presented API token up and notes its use.</summary>
    /// <param name="token">What was presented.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when it is unknown, expired or revoked, or its owner is gone or disabled.</returns>
    public async Task<ApiTokenInspection?> InspectApiTokenAsync(ApiToken token, CancellationToken cancellationToken)
    {
        ThrowUnlessTrusted();
        if (_denylist.Lists(token.Id))
        {
            return null;
        }

        var known = _denylist.KnowledgeOf(token.Id.User);
        var record = await _store.UseApiTokenAsync(token.Id, token.SecretHash, known, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            return null;
        }

        var standing = await _store.ReadUserAsync(token.Id.User, known, cancellationToken).ConfigureAwait(false);
        var user = await _claims.LoadAsync(record.Subject, standing.Floors.Generation, cancellationToken).ConfigureAwait(false);
        return user is null ? null : new ApiTokenInspection(Describe(record), user, record.Birth);
    }

    private static ApiTokenDescription Describe(ApiTokenRecord record)
        => new(record.Id, record.Name, record.Scope, record.CreatedAt, record.ExpiresAt, record.LastUsedAt);
}
