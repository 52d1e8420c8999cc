using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>Connections that only read. They neither wait for the writer nor keep it waiting.</summary>
internal sealed class ReadPool(StoreFile file, Func<StoreConnection> open, TimeProvider clock, SettledClock settled) : IDisposable
{
    private const int MaxIdle = 8;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<StoreConnection> _idle = [];
    private volatile bool _isClosed;

    public async Task<TOutcome> RunAsync<TOutcome>(Func<StoreStep, TOutcome> read, CancellationToken cancellationToken)
    {
        try
        {
            // SQLite blocks its thread: the caller's is not to hang on a disk that does not answer.
            return await Task.Run(() => Read(read), cancellationToken).WaitAsync(s_deadline, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException failure)
        {
            throw new TokenStoreUnavailableException($"The token store {file.Path} did not answer within {s_deadline.TotalSeconds:0} s.", failure);
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }
    }

    private TOutcome Read<TOutcome>(Func<StoreStep, TOutcome> read)
    {
        var connection = Take();
        try
        {
            connection.BeginRead();
            var outcome = read(new StoreStep(connection, connection.Store.Read(), clock.GetUtcNow(), settled.Look()));
            connection.Commit();
            Return(connection);
            return outcome;
        }
        catch (TokenStoreLossException)
        {
            connection.Rollback();
            Return(connection);
            throw;
        }
        catch (Exception failure)
        {
            connection.Dispose();
            if (failure is SqliteException)
            {
                throw StoreConnection.Unavailable(file, failure);
            }

            throw;
        }
    }

    private StoreConnection Take()
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.IsCurrent)
            {
                return idle;
            }

            idle.Dispose();
        }

        return open();
    }

    private void Return(StoreConnection connection)
    {
        if (_isClosed || _idle.Count >= MaxIdle)
        {
            connection.Dispose();
        }
        else
        {
            _idle.Add(connection);
        }
    }
}
