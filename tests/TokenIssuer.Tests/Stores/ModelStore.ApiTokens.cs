using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

/// <content>The API tokens of the model.</content>
internal sealed partial class ModelStore
{
    private readonly Dictionary<ApiTokenId, ApiTokenRecord> _apiTokens = [];

    public Task<ApiTokenAdded> AddApiTokenAsync(ApiTokenRecord token, int max, Knowledge known, CancellationToken cancellationToken) => Step(known, () =>
    {
        var floors = FloorsOf(token.Id.User, known.Floors);
        if (token.Birth < floors.ApiFloor)
        {
            return ApiTokenAdded.BearerRevoked;
        }

        if (LivingApiTokensOf(token.Id.User, floors).Count >= max)
        {
            return ApiTokenAdded.LimitReached;
        }

        _users.TryAdd(token.Id.User, (token.Subject, default));
        _apiTokens.Add(token.Id, token);
        return ApiTokenAdded.Added;
    });

    public Task<ApiTokenRecord?> UseApiTokenAsync(ApiTokenId token, UInt128 secretHash, Knowledge known, CancellationToken cancellationToken) => Step(known, () =>
    {
        if (!_apiTokens.TryGetValue(token, out var record) || record.SecretHash != secretHash || !record.IsAlive(FloorsOf(token.User, known.Floors), Now))
        {
            return null;
        }

        return _apiTokens[token] = record.LastUsedAt is { } last && Now - last < ApiTokenRecord.LastUsedPrecision ? record : record with { LastUsedAt = Now };
    });

    public Task<IReadOnlyList<ApiTokenRecord>> ListApiTokensAsync(UserKey user, Knowledge known, CancellationToken cancellationToken)
        => Step<IReadOnlyList<ApiTokenRecord>>(known, () => [.. LivingApiTokensOf(user, FloorsOf(user, known.Floors)).OrderByDescending(token => token.CreatedAt)]);

    public Task<Killed> RevokeApiTokenAsync(ApiTokenId token, RevocationReason reason, CancellationToken cancellationToken) => Step(default, () =>
    {
        var died = LivingApiTokensOf(token.User, FloorsOf(token.User, default)).Count(living => living.Id == token);
        _apiTokens.Remove(token);
        return new Killed(0, died, [Write(new RevocationEntry.Token(token.ToString(), reason, Until))]);
    });

    private List<ApiTokenRecord> LivingApiTokensOf(UserKey user, UserFloors floors)
        => [.. _apiTokens.Values.Where(token => token.Id.User == user && token.IsAlive(floors, Now))];
}
