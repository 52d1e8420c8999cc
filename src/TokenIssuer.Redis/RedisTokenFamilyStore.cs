using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Feed;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <summary>The store on Redis: each verb is one script, one round trip, one slot.</summary>
internal sealed partial class RedisTokenFamilyStore(
    RedisSteps steps, StoreBirth birth, LogPages pages, UserSweep sweep, ILogger<RedisTokenFamilyStore> logger) : ITokenFamilyStore
{
    public async Task<UserStanding> ReadUserAsync(UserKey user, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(Script.ReadUser, user, known, StepDeadline.Caller, _ => [], cancellationToken).ConfigureAwait(false);
        return new UserStanding(ReadSubject(reply.Values[5]), ReadFloors(reply.Values), reply.Now);
    }

    public async Task<FamilyStarted> StartFamilyAsync(FamilyStart start, Knowledge known, CancellationToken cancellationToken)
    {
        byte[] record = [];
        var metadata = FamilyMetadata.Pack(start.Grant, start.Origin);
        var reply = await RunAsync(
            Script.StartFamily,
            start.Session.User,
            known,
            StepDeadline.Caller,
            now =>
            {
                var family = start.ToFamily(now);
                record = FamilyRecord.Pack(family);
                return
                [
                    Name(start.Session),
                    RedisSteps.Number(start.ExpectedGeneration),
                    record,
                    metadata,
                    SubjectText.Pack(start.Grant.Subject),
                    RedisSteps.Milliseconds(family.AbsoluteEnd),
                    start.MaxSessions,
                    (int)start.LimitPolicy,
                    (int)RevocationReason.SessionEvicted,
                    start.Replaces is { } replaced ? Identifier128.ToBytes(replaced.Value) : [],
                    (int)RevocationReason.Replaced,
                ];
            },
            cancellationToken).ConfigureAwait(false);
        return reply.Code switch
        {
            StepCode.GenerationMoved => new FamilyStarted.GenerationMoved(),
            StepCode.LimitReached => new FamilyStarted.LimitReached(),
            _ => new FamilyStarted.Started(
                FamilyRecord.Unpack(start.Session, start.Grant.Subject, record, metadata), reply.Now, ReadEntries(reply.Log, reply.Values[2])),
        };
    }

    public async Task<Rotation> RotateAsync(RotationRequest request, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(
            Script.RotateFamily,
            request.Session.User,
            known,
            StepDeadline.Caller,
            _ =>
            [
                Name(request.Session),
                RedisSteps.Number(request.Generation),
                Identifier128.ToBytes(request.SecretHash),
                FamilyMetadata.PackClient(request.ClientId),
                request.Binding ?? string.Empty,
                request.Scope.ToString(),
                FamilyRecord.PackIdempotency(request.IdempotencyHash),
                FamilyRecord.PackAgent(request.AgentHash),
                (int)request.SealKeyId,
                RedisSteps.Milliseconds(request.Policy.IdleTimeout),
                RedisSteps.Milliseconds(request.Policy.ConcurrencyWindow),
                RedisSteps.Milliseconds(request.Policy.LostResponseWindow),
                (int)request.Policy.ReuseScope,
                (int)RevocationReason.RefreshTokenReused,
            ],
            cancellationToken).ConfigureAwait(false);
        var values = reply.Values;
        var verdict = (RotationVerdict)(int)reply.Code;
        var family = verdict == RotationVerdict.Missing
            ? null
            : steps.Unpack(Script.RotateFamily, () => FamilyRecord.Unpack(
                request.Session, SubjectText.Unpack((byte[])values[3]), (byte[])values[4], (byte[])values[5]));
        return new Rotation(verdict, family, (long)values[2], reply.Now, ReadEntries(reply.Log, values[6]));
    }

    public async Task<IReadOnlyList<TokenFamily>> ListFamiliesAsync(UserKey user, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(Script.ListFamilies, user, known, StepDeadline.Caller, _ => [], cancellationToken).ConfigureAwait(false);
        return steps.Unpack(Script.ListFamilies, () => UserHash.ReadLiving(
            user, ReadSubject(reply.Values[5]), ReadFloors(reply.Values), (RedisResult[])reply.Values[6], reply.Now));
    }

    /// <remarks>Asked every few seconds: only a change takes a script.</remarks>
    public async Task AgreeOnSealKeyAsync(SealKeys held, CancellationToken cancellationToken)
    {
        await birth.EnsureOnceAsync(cancellationToken).ConfigureAwait(false);
        var remembered = await pages.ReadSealKeyAsync(cancellationToken).ConfigureAwait(false);
        while (held.Succeed(remembered) is var next && next != remembered)
        {
            var reply = await steps.SendAsync(
                Script.RecordSealKey, steps.Keys.Global, [steps.Keys.State(steps.Keys.Global)], [remembered ?? string.Empty, next], cancellationToken).ConfigureAwait(false);
            remembered = reply.Code == StepCode.Done
                ? (string)reply.Values[2]
                : throw new TokenStoreUnavailableException("Redis has lost its token store; it is made anew.");
        }
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await birth.CheckAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(Script.ReadUser, new UserKey(UInt128.Zero), default, StepDeadline.Caller, _ => [], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>User key and family id in one piece: what an entry of the log names.</summary>
    private static byte[] Name(SessionId session) => [.. Identifier128.ToBytes(session.User.Value), .. Identifier128.ToBytes(session.Family.Value)];

    private static Subject? ReadSubject(RedisResult value) => value.IsNull ? null : SubjectText.Unpack((byte[])value);

    private static UserFloors ReadFloors(RedisResult[] values) => new((long)values[2], (long)values[3], (long)values[4]);

    private static List<RevocationEntry> ReadEntries(int log, RedisResult value)
    {
        var items = (RedisResult[])value;
        var entries = new List<RevocationEntry>(items.Length / 2);
        for (var i = 0; i < items.Length; i += 2)
        {
            entries.Add(LogEntry.Unpack(log, (string)items[i], (byte[])items[i + 1]).Entry);
        }

        return entries;
    }

    private Task<StepReply> RunAsync(
        Script script,
        UserKey user,
        Knowledge? known,
        StepDeadline deadline,
        Func<DateTimeOffset, RedisValue[]> arguments,
        CancellationToken cancellationToken)
        => steps.RunAsync(
            script, steps.Keys.PartitionOf(user), [steps.Keys.User(user), steps.Keys.ApiTokens(user)], known, deadline, arguments, cancellationToken);
}
