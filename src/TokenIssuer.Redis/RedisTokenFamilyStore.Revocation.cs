using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <content>Revoking, counting, and answering a loss.</content>
internal sealed partial class RedisTokenFamilyStore
{
    public async Task<Killed> RevokeFamilyAsync(SessionId session, RevocationReason reason, CancellationToken cancellationToken)
        => ReadKilled(await RunAsync(
            Script.RevokeFamily, session.User, null, StepDeadline.None, _ => [Name(session), (int)reason], cancellationToken).ConfigureAwait(false));

    public async Task<Killed> RevokeOtherFamiliesAsync(SessionId keep, RevocationReason reason, CancellationToken cancellationToken)
        => ReadKilled(await RunAsync(
            Script.RevokeOthers, keep.User, null, StepDeadline.Caller, _ => [Name(keep), (int)reason], cancellationToken).ConfigureAwait(false));

    public async Task<Killed> RevokeUserAsync(
        UserKey user, Subject subject, KillReach reach, RevocationReason reason, Knowledge known, CancellationToken cancellationToken)
    {
        var reply = await RunAsync(
            Script.RevokeUser,
            user,
            known,
            StepDeadline.Caller,
            _ =>
            [
                Identifier128.ToBytes(user.Value),
                SubjectText.Pack(subject),
                (int)reach,
                (int)reason,

                // Only administrators are shown the count; nobody else waits for one of thousands.
                reason is RevocationReason.Administrator or RevocationReason.UserDisabled ? 1 : 0,
            ],
            cancellationToken).ConfigureAwait(false);
        return ReadKilled(reply) with { ApiTokens = (int)(long)reply.Values[4] };
    }

    public async Task<Killed> RevokeAllAsync(RevocationReason reason, long highestKnown, CancellationToken cancellationToken)
    {
        highestKnown = Math.Max(highestKnown, await pages.ReadHighestAsync(cancellationToken).ConfigureAwait(false));
        var reply = await RunGlobalAsync(
            Script.RevokeAll, _ => [RedisSteps.Number(highestKnown), (int)reason, string.Empty], StepDeadline.Caller, cancellationToken).ConfigureAwait(false);

        // From here on nobody's leaving may stop it: it counts on every partition or is not acknowledged.
        await SpreadAsync(reply, CancellationToken.None).ConfigureAwait(false);

        // Counted after the kill, which must not wait for it, by the value that stood before.
        var killed = await sweep.CountAsync((long)reply.Values[7], reply.Now, CancellationToken.None).ConfigureAwait(false);
        return killed with { Entries = ReadEntries(reply.Log, reply.Values[3]) };
    }

    public async Task<Killed> CountAsync(UserKey? user, CancellationToken cancellationToken)
    {
        if (user is { } one)
        {
            var families = await ListFamiliesAsync(one, default, cancellationToken).ConfigureAwait(false);
            var tokens = await ListApiTokensAsync(one, default, cancellationToken).ConfigureAwait(false);
            return new Killed(families.Count, tokens.Count, []);
        }

        var standing = await ReadUserAsync(new UserKey(UInt128.Zero), default, cancellationToken).ConfigureAwait(false);
        return await sweep.CountAsync(standing.Floors.Floor, standing.Now, cancellationToken).ConfigureAwait(false);
    }

    public async Task<LogCursor> RaiseEpochAsync(long from, CancellationToken cancellationToken)
    {
        var end = (await pages.ReadSnapshotAsync(cancellationToken).ConfigureAwait(false)).Next;
        if (end.Epoch <= from)
        {
            end = end with { Epoch = from + 1 };
            await birth.RaiseAsync(end.StoreId, 0, end.Epoch, cancellationToken).ConfigureAwait(false);
        }

        return end;
    }

    public async Task<LogCursor> DisownAsync(long from, long highestKnown, CancellationToken cancellationToken)
    {
        highestKnown = Math.Max(highestKnown, await pages.ReadHighestAsync(cancellationToken).ConfigureAwait(false));
        var reply = await RunGlobalAsync(
            Script.RevokeAll,
            _ => [RedisSteps.Number(highestKnown), (int)RevocationReason.StoreLoss, RedisSteps.Number(from)],
            StepDeadline.Caller,
            cancellationToken).ConfigureAwait(false);
        await SpreadAsync(reply, cancellationToken).ConfigureAwait(false);
        return (await pages.ReadSnapshotAsync(cancellationToken).ConfigureAwait(false)).Next;
    }

    public Task<bool> HasLostAsync(LogCursor seen, CancellationToken cancellationToken) => pages.HasLostAsync(seen, cancellationToken);

    private static Killed ReadKilled(StepReply reply) => new((int)(long)reply.Values[2], 0, ReadEntries(reply.Log, reply.Values[3]));

    /// <summary>The partitions after the global log: `all` counts only once each of them has it.</summary>
    private Task SpreadAsync(StepReply reply, CancellationToken cancellationToken)
        => birth.RaiseAsync((string)reply.Values[6], (long)reply.Values[4], (long)reply.Values[5], cancellationToken);

    private Task<StepReply> RunGlobalAsync(
        Script script, Func<DateTimeOffset, RedisValue[]> arguments, StepDeadline deadline, CancellationToken cancellationToken)
        => steps.RunAsync(script, steps.Keys.Global, [steps.Keys.Marks], null, deadline, arguments, cancellationToken);
}
