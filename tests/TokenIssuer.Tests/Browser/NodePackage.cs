using System.ComponentModel;
using System.Diagnostics;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>A web project of this repository, built with npm.</summary>
internal static class NodePackage
{
    /// <summary>Installs what the lock file names unless it is there, and runs the build script.</summary>
    public static async Task BuildAsync(string project)
    {
        var folder = Repository.PathOf(project);
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        if (!installed.Exists || installed.LastWriteTimeUtc < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            await RunAsync(folder, "ci", "--no-audit", "--no-fund");
        }

        await RunAsync(folder, "run", "build");
    }

    private static async Task RunAsync(string folder, params string[] arguments)
    {
        using var npm = Start(folder, arguments);
        npm.StandardInput.Close();
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        Assert.True(npm.ExitCode == 0, $"npm {string.Join(' ', arguments)} in {folder}:\n{await output}\n{await errors}");
    }

    private static Process Start(string folder, string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("npm", arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            return Process.Start(start) ?? throw new InvalidOperationException("npm did not start.");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("npm is missing: apt-get install -y nodejs npm (20.19 or later)", missing);
        }
    }
}
