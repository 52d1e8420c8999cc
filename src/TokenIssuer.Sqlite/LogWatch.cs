using Microsoft.Data.Sqlite;

namespace TokenIssuer.Sqlite;

/// <summary>
/// Wakes those who follow the log: at once for what this process wrote, and within 50 ms for what others wrote to the same
/// file. Starts to look with the first follower.
/// </summary>
internal sealed class LogWatch(Func<StoreConnection> open, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _starting = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _looking;
    private StoreConnection? _connection;
    private long _version;
    private StoreRecord? _seen;

    /// <summary>Completes with the next change. Take it before reading, and nothing is slept through.</summary>
    public Task NextChange
    {
        get
        {
            EnsureLooking();
            return Volatile.Read(ref _changed).Task;
        }
    }

    public void Ring()
        => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_looking is { } looking)
        {
            await looking.ConfigureAwait(false);
        }

        Disconnect();
        _stop.Dispose();
    }

    private void EnsureLooking()
    {
        if (Volatile.Read(ref _looking) is null)
        {
            lock (_starting)
            {
                _looking ??= LookAsync();
            }
        }
    }

    private async Task LookAsync()
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (Look())
                {
                    Ring();
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The store is being closed.
        }
    }

    private bool Look()
    {
        try
        {
            if (_connection is { IsCurrent: false })
            {
                Disconnect();
            }

            _connection ??= open();
            var version = _connection.ReadVersion();
            if (version == _version && _seen is not null)
            {
                return false;
            }

            var (before, now) = (_seen, _connection.Store.Read());
            (_version, _seen) = (version, now);
            return before is null || (before.StoreId, before.Epoch, before.Tail) != (now.StoreId, now.Epoch, now.Tail);
        }
        catch (Exception failure) when (failure is SqliteException or TokenStoreUnavailableException)
        {
            // Those who follow are woken, read for themselves, and report what they meet.
            Disconnect();
            return true;
        }
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
        _seen = null;
    }
}
