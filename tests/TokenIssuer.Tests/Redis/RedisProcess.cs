using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>A redis-server of a test, on a free port, in a folder of its own. It can be killed, frozen and started again.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly string[] _arguments;
    private Process? _process;

    private RedisProcess(int port, string[] arguments)
    {
        Port = port;
        _arguments = arguments;
    }

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public string Folder => _folder.FullPath;

    /// <summary>A connection of the test's own, which bears a machine that is busy with other tests.</summary>
    public Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync($"{Address},connectTimeout=30000,syncTimeout=30000,responseTimeout=30000");

    public static Task<RedisProcess> StartAsync(params string[] arguments) => StartOnAsync(FreePort(), arguments);

    public static async Task<RedisProcess> StartOnAsync(int port, params string[] arguments)
    {
        var redis = new RedisProcess(port, arguments);
        await redis.StartAgainAsync();
        return redis;
    }

    /// <summary>A sentinel that watches a master and gives it two seconds.</summary>
    public static async Task<RedisProcess> StartSentinelAsync(string name, int masterPort, string? password = null)
    {
        var redis = new RedisProcess(FreePort(), []);
        var file = Path.Combine(redis.Folder, "sentinel.conf");
        await File.WriteAllLinesAsync(
            file,
            [
                $"sentinel monitor {name} 127.0.0.1 {masterPort} 1",
                $"sentinel down-after-milliseconds {name} 2000",
                $"sentinel failover-timeout {name} 10000",
                password is null ? string.Empty : $"requirepass {password}",
            ]);
        await redis.StartProcessAsync([file, "--sentinel", "--port", $"{redis.Port}", "--dir", redis.Folder]);
        return redis;
    }

    /// <summary>Starts it on the data it left behind.</summary>
    public Task StartAgainAsync() => StartProcessAsync(
        ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", Folder, "--save", "", "--logfile", Path.Combine(Folder, "redis.log"), .. _arguments]);

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync();
        }
    }

    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Whatever becomes of the test meanwhile.</summary>
    public async Task ThawAfterAsync(TimeSpan time)
    {
        await Task.Delay(time, CancellationToken.None);
        await SignalAsync("-CONT");
    }

    /// <summary>
    /// Meanwhile what is published reaches nobody, and nobody who publishes is told: subscriptions are cut, and none is taken.
    /// Afterwards everybody is cut, because nobody whose subscription was refused asks again on the same connection.
    /// </summary>
    public async Task SilenceWhileAsync(string channel, int listeners, Func<Task> meanwhile)
    {
        await WaitForAsync($"{channel}\n{listeners}", "Not everybody listens.", "PUBSUB", "NUMSUB", channel);
        await AskAsync("ACL", "SETUSER", "default", "-subscribe");
        try
        {
            await AskAsync("CLIENT", "KILL", "TYPE", "pubsub");
            await meanwhile();
            Assert.Equal($"{channel}\n0", await AskAsync("PUBSUB", "NUMSUB", channel));
        }
        finally
        {
            await AskAsync("ACL", "SETUSER", "default", "+subscribe");
            await AskAsync("CLIENT", "KILL", "TYPE", "normal");
        }

        await WaitForAsync($"{channel}\n{listeners}", "Not everybody listens again.", "PUBSUB", "NUMSUB", channel);
    }

    /// <summary>Runs a command as an operator would.</summary>
    public Task<string> AskAsync(params string[] command) => AskWithAsync([], command);

    public async Task<string> AskWithAsync(string[] options, params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli", ["-p", $"{Port}", .. options, .. command]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var cli = Process.Start(start) ?? throw new InvalidOperationException("redis-cli did not start.");
        var output = await cli.StandardOutput.ReadToEndAsync();
        await cli.WaitForExitAsync();
        return output.Trim();
    }

    /// <summary>Asks until the answer holds a text.</summary>
    public async Task WaitForAsync(string expected, string explanation, params string[] command)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!(await AskAsync(command)).Contains(expected, StringComparison.Ordinal))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < s_patience, $"\"{expected}\" did not come. {explanation}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _folder.Dispose();
    }

    public static int FreePort()
    {
        // A cluster's bus listens 10,000 higher, so the port must be low enough.
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var port = ((IPEndPoint)listener.LocalEndpoint).Port;
            if (port < 55_000)
            {
                return port;
            }
        }
    }

    private async Task StartProcessAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("redis-server", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            _process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Fail("redis-server is missing: apt-get update && apt-get install -y redis-server");
        }

        await WaitForPortAsync();
    }

    private async Task WaitForPortAsync()
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(startedAt) < s_patience)
        {
            if ((await AskAsync("PING")) is "PONG" or ['N', 'O', 'A', 'U', 'T', 'H', ..])
            {
                return;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Fail("redis-server did not start.");
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{_process?.Id}"]);
        await kill.WaitForExitAsync();
    }
}
