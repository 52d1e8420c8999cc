using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TokenIssuer.Tests.Hosting;

/// <summary>A built program of this repository, running as an operator would run it: own process, own port, real Kestrel.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    // A bound, not a wait: many processes may start at once on few cores.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private HostProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _process.StandardInput.Close();
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts <c>src/X</c> or <c>samples/X</c> as it was built with these tests.</summary>
    public static HostProcess Start(string project, string workingFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = workingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("exec");
        start.ArgumentList.Add(Path.Combine(OutputOf(project), Path.GetFileName(project) + ".dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToList())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return new HostProcess(start);
    }

    public static string OutputOf(string project)
    {
        // bin/Debug/net10.0 of the tests names the flavour that was built.
        var flavour = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Repository.PathOf(project, "bin", flavour.Parent?.Name ?? "Debug", flavour.Name);
    }

    public static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until <paramref name="address"/> answers 200 with a body that has <paramref name="part"/>.</summary>
    public async Task WaitUntilAnsweredAsync(Uri address, string part = "")
    {
        using var client = new HttpClient();
        var started = TimeProvider.System.GetTimestamp();
        while (!await IsAnsweredAsync(client, address, part))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > s_patience)
            {
                throw new InvalidOperationException($"{address} was not answered.\n{Output}\n{Errors}");
            }

            await Task.Delay(s_betweenLooks);
        }
    }

    public async Task<int> WaitForExitAsync()
    {
        using var patience = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>SIGTERM, as an init system stops a service.</summary>
    public async Task StopAsync()
    {
        using (Process.Start("kill", ["-TERM", Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static async Task<bool> IsAnsweredAsync(HttpClient client, Uri address, string part)
    {
        try
        {
            using var response = await client.GetAsync(address);
            return response.IsSuccessStatusCode && (await response.Content.ReadAsStringAsync()).Contains(part, StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    private static bool IsSetting(string name)
        => name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
            || name.Contains("__", StringComparison.Ordinal);
}
