using System.Diagnostics;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <content>Giving back what Redis has lost.</content>
internal sealed partial class RedisTokenFamilyStore
{
    private const int AssertedAtOnce = 200;

    /// <summary>So often in a row may nothing of a batch get through: Redis pauses for longer than a deadline, to fork or to fail over.</summary>
    private const int MostFruitlessRounds = 10;

    public async Task<Killed> AppendAsync(IReadOnlyList<RevocationEntry> entries, CancellationToken cancellationToken)
    {
        var written = new List<RevocationEntry>(entries.Count);
        var (sessions, tokens) = (0, 0);

        // Whoever waits for a single one is told at once that it failed, and tries again.
        var rounds = entries.Count == 1 ? 1 : MostFruitlessRounds;
        foreach (var chunk in entries.Chunk(AssertedAtOnce))
        {
            foreach (var killed in await PersistAsync(chunk, rounds, cancellationToken).ConfigureAwait(false))
            {
                (sessions, tokens) = (sessions + killed.Sessions, tokens + killed.ApiTokens);
                written.AddRange(killed.Entries);
            }
        }

        return new Killed(sessions, tokens, written);
    }

    /// <summary>Tries those again that failed, and only those: one past its deadline must not undo the way that all the others have come.</summary>
    private async Task<List<Killed>> PersistAsync(RevocationEntry[] entries, int rounds, CancellationToken cancellationToken)
    {
        var done = new List<Killed>(entries.Length);
        var fruitless = 0;
        while (entries.Length > 0)
        {
            var tries = await Task.WhenAll(entries.Select(entry => TryAssertAsync(entry, cancellationToken))).ConfigureAwait(false);
            done.AddRange(tries.Select(one => one.Killed).OfType<Killed>());
            RevocationEntry[] left = [.. entries.Zip(tries).Where(pair => pair.Second.Killed is null).Select(pair => pair.First)];
            fruitless = left.Length < entries.Length ? 0 : fruitless + 1;
            if (fruitless == rounds)
            {
                throw new TokenStoreUnavailableException($"Redis took none of {left.Length} entries of the revocation log: {tries[0].Trouble}");
            }

            entries = left;
        }

        return done;
    }

    /// <returns>Null, and why, for what another try may mend.</returns>
    private async Task<(Killed? Killed, string Trouble)> TryAssertAsync(RevocationEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return (await AssertAsync(entry, cancellationToken).ConfigureAwait(false), string.Empty);
        }
        catch (TokenStoreUnavailableException failure) when (failure is not (TokenStoreLossException or RedisUnsuitableException))
        {
            return (null, failure.Message);
        }
    }

    private async Task<Killed> AssertAsync(RevocationEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            return await AssertOnRecordAsync(entry, cancellationToken).ConfigureAwait(false);
        }
        catch (RecordUnreadableException) when (LogEntry.OwnerOf(entry) is not null)
        {
            // Nobody gets in by such a record, which is 503. But access tokens are judged by the log, and of the two logs
            // that are read for this user the global one needs no record.
            logger.RecordUnasserted(LogEntry.OwnerOf(entry).ToString());
            var (kind, body) = LogEntry.PackBody(entry);
            return ReadKilled(await RunGlobalAsync(
                Script.AssertMark, _ => [kind, body, (int)entry.Reason, ExpiryOf(entry)], StepDeadline.None, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<Killed> AssertOnRecordAsync(RevocationEntry entry, CancellationToken cancellationToken)
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
