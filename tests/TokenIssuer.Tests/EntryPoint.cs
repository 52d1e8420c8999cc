using TokenIssuer.Tests.Identity;
using TokenIssuer.Tests.Sqlite;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace TokenIssuer.Tests;

/// <summary>Runs the tests; or, asked by one of them, is the process of its own that the test wants to kill.</summary>
internal static class EntryPoint
{
    public static Task<int> Main(string[] arguments) => arguments switch
    {
        [StoreChild.Name, .. var rest] => StoreChild.RunAsync(rest),
        [IdentityChild.Name, .. var rest] => IdentityChild.RunAsync(rest),
        _ when arguments.Contains("--server") || arguments.Contains("--internal-msbuild-node")
            => TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        _ => ConsoleRunner.Run(arguments),
    };
}
