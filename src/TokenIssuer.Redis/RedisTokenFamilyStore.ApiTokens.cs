using StackExchange.Redis;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <content>The API tokens of a user, in a hash of their own.</content>
internal sealed partial class RedisTokenFamilyStore
{
    public async Task<ApiTokenAdded> AddApiTokenAsync(ApiTokenRecord token, int max, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(
            Script.AddApiToken,
            token.Id.User,
            known,
            StepDeadline.Caller,
            _ =>
            [
                Name(token.Id),
                RedisSteps.Number(token.Birth),
                PackedApiToken.Pack(token),
                SubjectText.Pack(token.Subject),
                RedisSteps.Milliseconds(token.ExpiresAt),
                max,
            ],
            cancellationToken).ConfigureAwait(false);
        return (ApiTokenAdded)(int)(long)reply.Values[2];
    }

    public async Task<ApiTokenRecord?> UseApiTokenAsync(ApiTokenId token, UInt128 secretHash, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(
            Script.UseApiToken, token.User, known, StepDeadline.Caller, _ => [Name(token), Identifier128.ToBytes(secretHash)], cancellationToken).ConfigureAwait(false);
        var subject = (byte[])reply.Values[2];
        return subject.Length == 0
            ? null
            : steps.Unpack(Script.UseApiToken, () => PackedApiToken.Unpack(token, SubjectText.Unpack(subject), (byte[])reply.Values[3]));
    }

    public async Task<IReadOnlyList<ApiTokenRecord>> ListApiTokensAsync(UserKey user, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(Script.ListApiTokens, user, known, StepDeadline.Caller, _ => [], cancellationToken).ConfigureAwait(false);
        return ReadSubject(reply.Values[5]) is { } subject
            ? steps.Unpack(Script.ListApiTokens, () => PackedApiToken.ReadLiving(
                user, subject, ReadFloors(reply.Values), (RedisResult[])reply.Values[6], reply.Now))
            : [];
    }

    public async Task<Killed> RevokeApiTokenAsync(ApiTokenId token, RevocationReason reason, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(
            Script.RevokeApiToken, token.User, null, StepDeadline.None, _ => [Name(token), token.ToString(), (int)reason, string.Empty], cancellationToken).ConfigureAwait(false);
        return new Killed(0, (int)(long)reply.Values[2], ReadEntries(reply.Log, reply.Values[3]));
    }

    private static byte[] Name(ApiTokenId token) => [.. Identifier128.ToBytes(token.User.Value), .. Identifier128.ToBytes(token.Value)];
}
