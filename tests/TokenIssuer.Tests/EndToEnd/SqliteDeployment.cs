using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Issuers of one machine that share the files of the embedded store; each API follows one of them over HTTP.</summary>
[CollectionDefinition(Name)]
public sealed class SqliteDeployment : IAsyncLifetime, ICollectionFixture<SqliteDeployment>
{
    public const string Name = "SQLite deployment";

    private Deployment? _processes;

    internal Deployment Processes => _processes ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _processes = await Deployment.StartAsync(users: 30, issuers: [], firstApi: []);

    public async ValueTask DisposeAsync()
    {
        if (_processes is not null)
        {
            await _processes.DisposeAsync();
        }
    }
}
