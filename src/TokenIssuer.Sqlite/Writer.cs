using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>
/// The one writer of this process. It lets the verbs that wait share a transaction, and so one flush to the disk; each has
/// a savepoint of its own, so that one that fails rolls back alone.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int MaxBatch = 128;
    private const int CourteousBatches = 64;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_courtesy = TimeSpan.FromMilliseconds(3);

    private readonly StoreFile _file;
    private readonly Func<StoreConnection> _open;
    private readonly Action _onLogChanged;
    private readonly TimeProvider _clock;
    private readonly SettledClock _settled;
    private readonly ILogger _logger;
    private readonly Channel<QueuedVerb> _queue = Channel.CreateUnbounded<QueuedVerb>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<QueuedVerb> _batch = new(MaxBatch);
    private readonly Task _writing;
    private StoreConnection? _connection;
    private long _transactions;
    private long _version;
    private int _courtesy;

    public Writer(StoreFile file, Func<StoreConnection> open, Action onLogChanged, TimeProvider clock, SettledClock settled, ILogger logger)
    {
        _file = file;
        _open = open;
        _onLogChanged = onLogChanged;
        _clock = clock;
        _settled = settled;
        _logger = logger;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>How many transactions were committed.</summary>
    public long Transactions => Interlocked.Read(ref _transactions);

    /// <summary>Queues a verb and waits for it. Once it has begun it is not undone because the caller left.</summary>
    public async Task<TOutcome> RunAsync<TArguments, TOutcome>(
        TArguments arguments, Func<StoreStep, TArguments, TOutcome> verb, CancellationToken cancellationToken)
        where TOutcome : notnull
    {
        var queued = new QueuedVerb<TArguments, TOutcome>(arguments, verb);
        if (!_queue.Writer.TryWrite(queued))
        {
            throw new TokenStoreUnavailableException("The token store is shut down.");
        }

        try
        {
            return await queued.Answer.WaitAsync(s_deadline, _clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException failure)
        {
            queued.GiveUp();
            throw new TokenStoreUnavailableException($"The token store {_file.Path} did not answer within {s_deadline.TotalSeconds:0} s.", failure);
        }
        catch (OperationCanceledException)
        {
            queued.GiveUp();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        _connection?.Dispose();
    }

    private async Task WriteAllAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                WriteBatch();
            }
            catch (Exception failure)
            {
                // The boundary of a background loop: whatever broke, the callers are answered and the next batch starts afresh.
                FailBatch(failure);
            }

            _batch.Clear();
            await MakeRoomAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Leaves the lock alone for a moment while other processes write too: one that writes without a pause would keep them out.
    /// Real time, whatever clock the tokens live by: it is the other process that has to get a turn.
    /// </summary>
    private async Task MakeRoomAsync()
    {
        if (_courtesy > 0)
        {
            _courtesy--;
            await Task.Delay(s_courtesy, TimeProvider.System).ConfigureAwait(false);
        }
    }

    private void WriteBatch()
    {
        var connection = Connect();
        connection.BeginWrite();
        NoteOthers(connection);
        var before = connection.Store.Read();
        var after = before;
        while (_batch.Count < MaxBatch && _queue.Reader.TryRead(out var verb))
        {
            if (verb.TryBegin())
            {
                after = Run(verb, connection, after);
            }
        }

        if (after != before)
        {
            connection.Store.Update(after);
        }

        connection.Commit();
        Interlocked.Increment(ref _transactions);
        if (after.Tail != before.Tail || after.Epoch != before.Epoch)
        {
            _onLogChanged();
        }

        foreach (var verb in _batch)
        {
            verb.Complete();
        }
    }

    private void NoteOthers(StoreConnection connection)
    {
        var version = connection.ReadVersion();
        if (version != _version)
        {
            _courtesy = CourteousBatches;
            _version = version;
        }
    }

    private StoreRecord Run(QueuedVerb verb, StoreConnection connection, StoreRecord store)
    {
        _batch.Add(verb);
        connection.Save();
        var now = _clock.GetUtcNow();
        var step = new StoreStep(connection, store.Seen(now), now, _settled.Look());
        try
        {
            verb.Run(step);
            connection.Keep();
            return step.Store;
        }
        catch (Exception failure)
        {
            // If not even this works, the whole batch fails.
            connection.Undo();
            _batch.Remove(verb);
            verb.Fail(failure is SqliteException ? StoreConnection.Unavailable(_file, failure) : failure);
            return store;
        }
    }

    private StoreConnection Connect()
    {
        if (_connection is { IsCurrent: false })
        {
            _logger.FileReplaced(_file.Path);
            Disconnect();
        }

        if (_connection is null)
        {
            _connection = _open();
            _version = _connection.ReadVersion();
        }

        return _connection;
    }

    private void FailBatch(Exception failure)
    {
        _logger.WriteFailed(_file.Path, failure);
        Disconnect();
        if (_batch.Count == 0)
        {
            TakeWaiting();
        }

        var unavailable = failure as TokenStoreUnavailableException ?? StoreConnection.Unavailable(_file, failure);
        foreach (var verb in _batch)
        {
            verb.Fail(unavailable);
        }
    }

    /// <summary>The store could not even be locked: those who wait are told at once instead of at their deadline.</summary>
    private void TakeWaiting()
    {
        while (_batch.Count < MaxBatch && _queue.Reader.TryRead(out var waiting))
        {
            _batch.Add(waiting);
        }
    }

    /// <summary>Closing rolls back whatever is open.</summary>
    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
