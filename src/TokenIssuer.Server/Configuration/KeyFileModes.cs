using TokenIssuer.Server.Diagnostics;
using TokenIssuer.Signing;

namespace TokenIssuer.Server.Configuration;

/// <summary>Private keys are for the issuer's user alone. Whoever else reads one signs and seals tokens of anybody, so that only a developer's machine starts.</summary>
internal sealed class KeyFileModes(KeyDirectory folder, IHostEnvironment environment, ILogger<KeyFileModes> logger) : IHostedService
{
    private const UnixFileMode Others
        = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var faults = OperatingSystem.IsWindows() ? [] : Faults().ToList();
        if (faults.Count > 0 && !environment.IsDevelopment())
        {
            throw new AggregateException(faults.Select(fault => new InvalidOperationException(fault)));
        }

        foreach (var fault in faults)
        {
            logger.KeyOpenToOthers(fault);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private IEnumerable<string> Faults() => folder.ListPrivate()
        .Select(file => (file.Path, Mode: File.GetUnixFileMode(File.ResolveLinkTarget(file.Path, returnFinalTarget: true)?.FullName ?? file.Path)))
        .Where(file => (file.Mode & Others) != UnixFileMode.None)
        .Select(file => $"The private key {file.Path} is open to others than its owner (mode {Convert.ToString((int)file.Mode, 8)}): chmod 600 {file.Path}");
}
