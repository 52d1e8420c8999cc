using Microsoft.Extensions.Hosting;

namespace TokenIssuer.Sqlite;

/// <summary>Opens the store before anything else of the host starts, so that a file that is no store stops it with a sentence.</summary>
internal sealed class SqliteStoreOpening(SqliteTokenFamilyStore store) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => store.CheckAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
