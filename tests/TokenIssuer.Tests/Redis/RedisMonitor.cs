using System.Diagnostics;

namespace TokenIssuer.Tests.Redis;

/// <summary>Every command that Redis is sent, as <c>MONITOR</c> shows it.</summary>
internal sealed class RedisMonitor : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;

    public RedisMonitor(int port)
    {
        _process = Process.Start(new ProcessStartInfo("redis-cli", ["-p", $"{port}", "MONITOR"]) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("redis-cli did not start.");
        _output = _process.StandardOutput.ReadToEndAsync();
    }

    public async Task<string> StopAsync()
    {
        _process.Kill();
        return await _output;
    }

    public void Dispose() => _process.Dispose();
}
