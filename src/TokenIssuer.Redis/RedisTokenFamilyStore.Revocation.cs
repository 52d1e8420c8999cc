using System.Diagnostics;
using StackExchange.Redis;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <content>Revoking, and giving back what Redis has lost.</content>
internal sealed partial class RedisTokenFamilyStore
{
    private const int AssertedAtOnce = 200;

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
        await SpreadAsync(reply, cancellationToken).ConfigureAwait(false);

        // Counted after the kill, which must not wait for it, by the value that stood before.
        var killed = await sweep.CountAsync((long)reply.Values[7], reply.Now, cancellationToken).ConfigureAwait(false);
        return killed with { Entries = ReadEntries(reply.Log, reply.Values[3]) };
    }

    public async Task<Killed> AppendAsync(IReadOnlyList<RevocationEntry> entries, CancellationToken cancellationToken)
    {
        var written = new List<RevocationEntry>(entries.Count);
        var (sessions, tokens) = (0, 0);
        foreach (var chunk in entries.Chunk(AssertedAtOnce))
        {
            foreach (var killed in await Task.WhenAll(chunk.Select(entry => AssertAsync(entry, cancellationToken))).ConfigureAwait(false))
            {
                (sessions, tokens) = (sessions + killed.Sessions, tokens + killed.ApiTokens);
                written.AddRange(killed.Entries);
            }
        }

        return new Killed(sessions, tokens, written);
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

    private async Task<Killed> AssertAsync(RevocationEntry entry, CancellationToken cancellationToken)
    {
        var reply = entry switch
        {
            RevocationEntry.Family family => await RunAsync(
                Script.AssertFamily, family.Session.User, null, StepDeadline.None,
                _ => [Name(family.Session), (int)family.Reason, ExpiryOf(family)], cancellationToken).ConfigureAwait(false),
            RevocationEntry.User user => await RunAsync(
                Script.AssertUser, user.UserKey, null, StepDeadline.None,
                _ =>
                [
                    Identifier128.ToBytes(user.UserKey.Value), SubjectText.Pack(user.Subject), RedisSteps.Number(user.Floors.Generation),
                    RedisSteps.Number(user.Floors.Floor), RedisSteps.Number(user.Floors.ApiFloor), (int)user.Reason, ExpiryOf(user),
                ],
                cancellationToken).ConfigureAwait(false),
            RevocationEntry.Token token when ApiTokenId.TryParse(token.Jti, out var id) => await RunAsync(
                Script.RevokeApiToken, id.User, null, StepDeadline.None,
                _ => [Name(id), token.Jti, (int)token.Reason, ExpiryOf(token)], cancellationToken).ConfigureAwait(false),
            RevocationEntry.Token token => await RunGlobalAsync(
                Script.AssertMark, _ => [LogEntry.TokenKind, token.Jti, (int)token.Reason, ExpiryOf(token)], StepDeadline.None, cancellationToken).ConfigureAwait(false),
            RevocationEntry.Key key => await RunGlobalAsync(
                Script.AssertMark, _ => [LogEntry.KeyKind, key.KeyId, (int)key.Reason, ExpiryOf(key)], StepDeadline.None, cancellationToken).ConfigureAwait(false),
            RevocationEntry.All all => await RunGlobalAsync(
                Script.AssertAll, _ => [RedisSteps.Number(all.MinGeneration), (int)all.Reason, ExpiryOf(all)], StepDeadline.None, cancellationToken).ConfigureAwait(false),
            _ => throw new UnreachableException(entry.GetType().Name),
        };
        if (entry is RevocationEntry.All)
        {
            await SpreadAsync(reply, cancellationToken).ConfigureAwait(false);
        }

        var killed = ReadKilled(reply);
        return entry switch
        {
            RevocationEntry.Token => killed with { Sessions = 0, ApiTokens = killed.Sessions },
            RevocationEntry.User => killed with { ApiTokens = (int)(long)reply.Values[4] },
            _ => killed,
        };
    }

    private static string ExpiryOf(RevocationEntry entry)
        => entry.Until > DateTimeOffset.UnixEpoch ? RedisSteps.Milliseconds(entry.Until) : "0";
}
