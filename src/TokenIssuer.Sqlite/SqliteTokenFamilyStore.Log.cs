using System.Runtime.CompilerServices;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <content>The revocation log: written, read, followed, and its epoch.</content>
internal sealed partial class SqliteTokenFamilyStore : IRevocationFeed
{
    private const int PieceOfEntries = 500;
    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(1);

    public string Source => "sqlite";

    /// <remarks>A whole replica may be asserted again: in pieces, so that nobody waits long, and each entry is a step of its own anyway.</remarks>
    public async Task<Killed> AppendAsync(IReadOnlyList<RevocationEntry> entries, CancellationToken cancellationToken)
    {
        var (sessions, apiTokens, written) = (0, 0, new List<RevocationEntry>());
        foreach (var piece in entries.Chunk(PieceOfEntries))
        {
            var killed = await _writer.RunAsync(
                piece, static (step, them) => RevocationSteps.Append(step, them), cancellationToken).ConfigureAwait(false);
            sessions += killed.Sessions;
            apiTokens += killed.ApiTokens;
            written.AddRange(killed.Entries);
        }

        return new Killed(sessions, apiTokens, written);
    }

    public Task<LogCursor> RaiseEpochAsync(long from, CancellationToken cancellationToken) => _writer.RunAsync(
        from,
        static (step, from) =>
        {
            if (step.Store.Epoch == from)
            {
                step.RaiseEpoch();
            }

            return step.Store.Cursor;
        },
        cancellationToken);

    public Task<LogCursor> DisownAsync(long from, long highestKnown, CancellationToken cancellationToken) => _writer.RunAsync(
        (from, highestKnown),
        static (step, it) =>
        {
            if (step.Store.Epoch == it.from)
            {
                step.RaiseAll(RevocationReason.StoreLoss, it.highestKnown);
                step.RaiseEpoch();
            }

            return step.Store.Cursor;
        },
        cancellationToken);

    /// <remarks>A file that was put back and has grown past it again is known by its witness, which lies beside it and is shared.</remarks>
    public async Task<bool> HasLostAsync(LogCursor seen, CancellationToken cancellationToken)
        => await _readers.RunAsync(step => !step.Store.Has(seen), cancellationToken).ConfigureAwait(false);

    public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var change = _watch.NextChange;
            var page = await ReadAsync(after, null, cancellationToken).ConfigureAwait(false);
            after = page.Cursor;
            yield return page;

            // Without a change in time the next page is read all the same: that nothing came is news to a replica too.
            await change.WaitAsync(s_heartbeat, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <remarks>There is one log for all users, and a strict read is seldom long: nothing is left out for <paramref name="user"/>.</remarks>
    public async ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken)
        => await _readers.RunAsync(step => Read(step, after), cancellationToken).ConfigureAwait(false);

    private static RevocationPage Read(StoreStep step, LogCursor? after)
    {
        // What was pruned has expired. Who has not read it gets what is in force, rather than a log with holes.
        var isContinued = after is not null && step.Store.Has(after) && after.Positions[0].Major >= step.Store.Pruned;
        var entries = isContinued && after is not null
            ? step.Log.ReadAfter(after.Positions[0].Major)
            : [.. step.Log.ReadInForce(step.Settled), step.Store.AllEntry(step.Now)];
        return new RevocationPage(entries, step.Store.Cursor, TimeSpan.Zero, step.Store.RetentionAt(step.Now), !isContinued);
    }
}
