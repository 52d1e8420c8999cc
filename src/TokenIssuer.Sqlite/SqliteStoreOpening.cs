using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using SQLitePCL;

namespace TokenIssuer.Sqlite;

/// <summary>Opens the store before anything else of the host starts, so that a file that is no store stops it with a sentence.</summary>
internal sealed class SqliteStoreOpening(SqliteTokenFamilyStore store) : IHostedLifecycleService
{
    private const int MaxAttempts = 15;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await store.CheckAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TokenStoreUnavailableException failure) when (IsBusy(failure) && attempt < MaxAttempts)
            {
                // Many processes that start at once take turns at the file: each waits the store's deadline, and once more.
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsBusy(TokenStoreUnavailableException failure)
        => failure.InnerException is TimeoutException or SqliteException { SqliteErrorCode: raw.SQLITE_BUSY };
}
