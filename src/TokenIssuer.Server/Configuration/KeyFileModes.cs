using TokenIssuer.Server.Diagnostics;
using TokenIssuer.Signing;

namespace TokenIssuer.Server.Configuration;

/// <summary>
/// Private keys are for the issuer's user alone: whoever else reads one signs and seals tokens of anybody. It is a warning,
/// because platforms that mount secrets give them modes of their own, and nobody else lives in a container.
/// </summary>
internal sealed class KeyFileModes(KeyDirectory folder, ILogger<KeyFileModes> logger) : IHostedService
{
    private const UnixFileMode Others
        = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var fault in OperatingSystem.IsWindows() ? [] : Faults())
        {
            logger.KeyOpenToOthers(fault);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private IEnumerable<string> Faults() => folder.ListPrivate()
        .Select(file => (file.Path, Mode: ModeOf(file.Path)))
        .Where(file => (file.Mode & Others) != UnixFileMode.None)
        .Select(file => $"The private key {file.Path} is open to others than its owner (mode {Convert.ToString((int)file.Mode, 8)}): chmod 600 {file.Path}");

    /// <returns>None for a file that is gone: another issuer may just have dropped an old key.</returns>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static UnixFileMode ModeOf(string path)
    {
        try
        {
            return File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        }
        catch (IOException)
        {
            return UnixFileMode.None;
        }
    }
}
