using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>An arm that runs.</summary>
internal sealed class ArmProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ArmProcess(string name, Process process, int port)
    {
        Name = name;
        Port = port;
        _process = process;
    }

    public string Name { get; }

    public int Port { get; }

    public long WorkingSet
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ArmProcess> StartAsync(string name, string folder, string redis, int? port = null)
    {
        var chosen = port ?? FreePort();
        var arm = new ArmProcess(name, Launch("dotnet", Assembly.GetExecutingAssembly().Location, "arm", name, folder, redis, $"{chosen}"), chosen);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{chosen}") };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var answer = await http.GetAsync("/ready");
                if (answer.IsSuccessStatusCode)
                {
                    return arm;
                }
            }
            catch (HttpRequestException) when (attempt < 300 && !arm._process.HasExited)
            {
                // It is still starting.
            }

            await Task.Delay(100);
        }
    }

    public static async Task<ArmProcess> StartRedisAsync(string folder)
    {
        var port = FreePort();
        var redis = new ArmProcess("redis", Launch("redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--loglevel", "warning"), port);
        for (var attempt = 0; attempt < 100; attempt++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return redis;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }

        throw new IOException("redis-server did not start.");
    }

    /// <summary>How many bytes are alive in it.</summary>
    public async Task<long> ReadHeapAsync()
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
        return long.Parse(await http.GetStringAsync("/heap"), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process Launch(string file, params string[] arguments)
        => Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false }) ?? throw new IOException($"{file} did not start.");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
