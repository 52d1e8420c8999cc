using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Server;

/// <summary>One PostgreSQL of Debian's for the tests that need one; each has a database of its own in it.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresServer : IAsyncLifetime, ICollectionFixture<PostgresServer>
{
    public const string Name = "PostgreSQL";
    public const string Missing = "PostgreSQL is missing: apt-get update && apt-get install -y postgresql";

    private const string Owner = "postgres";
    private const string Password = "pass-of-the-tests";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = HostProcess.FindFreePort();
    private Process? _process;
    private int _databases;

    internal int Port => _port;

    private string DataFolder => _folder.PathOf("data");

    public async ValueTask InitializeAsync()
    {
        var secret = _folder.PathOf("password");
        await File.WriteAllTextAsync(secret, Password);
        if (Environment.IsPrivilegedProcess)
        {
            // It refuses to be root, and gets the account that the package has made for it.
            await RunAsync(new ProcessStartInfo("chown", ["-R", Owner, _folder.FullPath]));
        }

        await RunAsync(Program("initdb", "-D", DataFolder, "-U", Owner, "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "--pwfile", secret, "--no-sync", "--no-instructions"));
        _process = Process.Start(Program("postgres", "-D", DataFolder, "-k", "", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", "fsync=off", "-c", "max_connections=300", "-c", "log_min_messages=panic"));
        await WaitAsync();
    }

    /// <summary>An empty database.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"users_{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(AddressOf(Owner, pooling: false));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return AddressOf(name, pooling: true);
    }

    /// <summary>The directory of the server on a database of its own.</summary>
    internal async Task<DirectoryUnderTest> StartDirectoryAsync(params (string Key, string Value)[] settings)
        => await DirectoryUnderTest.StartAsync([("ConnectionStrings:Postgres", await CreateDatabaseAsync()), .. settings]);

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        if (_process is { HasExited: false } running)
        {
            // Immediate shutdown: there is nothing to keep.
            await RunAsync(new ProcessStartInfo("kill", ["-QUIT", running.Id.ToString(CultureInfo.InvariantCulture)]));
            await running.WaitForExitAsync();
        }

        _process?.Dispose();
        _folder.Dispose();
    }

    private string AddressOf(string database, bool pooling) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = _port,
        Database = database,
        Username = Owner,
        Password = Password,
        Pooling = pooling,
        Timeout = 60,
        CommandTimeout = 60,
    }.ToString();

    private static ProcessStartInfo Program(string name, params string[] arguments)
    {
        var program = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin", name)).LastOrDefault(File.Exists)
            : null;
        Assert.True(program is not null, Missing);
        return Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", Owner, "--regid", Owner, "--clear-groups", program, .. arguments]) { WorkingDirectory = "/" }
            : new ProcessStartInfo(program, arguments);
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{start.FileName} {string.Join(' ', start.ArgumentList)}: {await errors}");
    }

    private async Task WaitAsync()
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(AddressOf(Owner, pooling: false));
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (_process is { HasExited: false } && TimeProvider.System.GetElapsedTime(startedAt) < s_patience)
            {
                await Task.Delay(50);
            }
        }
    }
}
