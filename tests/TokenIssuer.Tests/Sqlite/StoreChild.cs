using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Sqlite;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

/// <summary>An issuer process reduced to its store. Writes a line for every step that was acknowledged to it.</summary>
internal static class StoreChild
{
    public const string Name = "store-child";

    /// <summary>Logs users in and refreshes them all at once, for ever.</summary>
    public const string Burst = "burst";

    /// <summary>Logs users in until the store can't write any more, then is given room and goes on.</summary>
    public const string Fill = "fill";

    private static readonly CancellationToken s_never = CancellationToken.None;

    public static Process Start(string mode, string path, int kilobytes = 0)
    {
        // A limit on the size of a file stands for a full disk: the write fails in the kernel all the same.
        var limit = kilobytes == 0 ? string.Empty : $"trap '' XFSZ; ulimit -Sf {kilobytes}; ";
        var start = new ProcessStartInfo("bash", ["-c", $"{limit}exec dotnet \"$@\"", "bash", typeof(StoreChild).Assembly.Location, Name, mode, path])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        return Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
    }

    public static SqliteTokenFamilyStore Open(string path) => new(
        new StoreFile($"Data Source={path}"), Options.Create(new TokenIssuerOptions()), TimeProvider.System, NullLogger<SqliteTokenFamilyStore>.Instance);

    public static async Task<int> RunAsync(string[] arguments)
    {
        await using var store = Open(arguments[1]);
        await (arguments[0] == Burst ? BurstAsync(store) : FillAsync(store));
        return 0;
    }

    private static async Task BurstAsync(SqliteTokenFamilyStore store)
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var family = await LogInAsync(store);
            while (true)
            {
                Tell($"{family.Session} {family.SecretHash} {family.Generation} .");
                var rotation = await store.RotateAsync(family.Present(), default, s_never);
                family = rotation.Family ?? throw new InvalidOperationException($"A living family was answered {rotation.Verdict}.");
            }
        }));
    }

    private static async Task FillAsync(SqliteTokenFamilyStore store)
    {
        await FillUpAsync(store);

        // Reading goes on, and so does writing once there is room.
        Tell($"reads {(await store.CountAsync(null, s_never)).Sessions}");
        using var prlimit = Process.Start("prlimit", ["--pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "--fsize=unlimited"]);
        await prlimit.WaitForExitAsync(s_never);
        await store.CheckAsync(s_never);
        Tell($"{(await LogInAsync(store)).Session}");
        Tell($"recovered {(await store.CountAsync(null, s_never)).Sessions}");
    }

    private static async Task FillUpAsync(SqliteTokenFamilyStore store)
    {
        while (true)
        {
            try
            {
                Tell($"{(await LogInAsync(store)).Session}");
            }
            catch (TokenStoreUnavailableException failure)
            {
                Tell($"full {failure.Message}");
                return;
            }
        }
    }

    private static async Task<TokenFamily> LogInAsync(SqliteTokenFamilyStore store)
    {
        var user = new TestUser();
        var generation = (await store.ReadUserAsync(user.Key, default, s_never)).Floors.Generation;
        var outcome = await store.StartFamilyAsync(user.Start(generation), default, s_never);
        return ((FamilyStarted.Started)outcome).Family;
    }

    private static void Tell(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
