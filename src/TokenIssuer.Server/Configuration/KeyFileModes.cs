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
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in folder.ListPrivate())
            {
                Look(file.Path);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private void Look(string path)
    {
        try
        {
            var mode = File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
            if ((mode & Others) != UnixFileMode.None)
            {
                logger.KeyOpenToOthers(path, Convert.ToString((int)mode, 8));
            }
        }
        catch (IOException)
        {
            // It is gone: another issuer may just have dropped an old key.
        }
    }
}
