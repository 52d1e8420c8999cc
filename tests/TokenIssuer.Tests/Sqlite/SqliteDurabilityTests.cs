using System.Globalization;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Sqlite;

public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Path => _folder.PathOf("tokens.db");

    [Fact]
    public async Task Everything_acknowledged_is_there_after_a_restart()
    {
        await using var stores = new SqliteUnderTest();
        var (alive, killed) = (new TestUser(), new TestUser());
        var before = stores.Open();
        var generation = (await before.ReadUserAsync(alive.Key, default, Cancelled)).Floors.Generation;
        var started = (FamilyStarted.Started)await before.StartFamilyAsync(alive.Start(generation), default, Cancelled);
        var rotation = await before.RotateAsync(started.Family.Present(), default, Cancelled);
        var kill = await before.RevokeUserAsync(killed.Key, killed.Subject, KillReach.Everything, RevocationReason.Administrator, default, Cancelled);
        var tail = (await before.ReadAsync(null, null, Cancelled)).Cursor;
        await stores.CloseAsync();

        var after = stores.Open();

        Assert.Equal(rotation.Family, Assert.Single(await after.ListFamiliesAsync(alive.Key, default, Cancelled)));
        Assert.Equal(((RevocationEntry.User)kill.Entries[0]).Floors, (await after.ReadUserAsync(killed.Key, default, Cancelled)).Floors);
        var page = await after.ReadAsync(null, null, Cancelled);
        Assert.Equal(tail, page.Cursor);
        Assert.Contains(kill.Entries[0], page.Entries);
    }

    [Fact]
    public async Task Every_session_survives_a_process_killed_in_the_middle_of_a_burst()
    {
        using var child = StoreChild.Start(StoreChild.Burst, Path);
        var acknowledged = new Dictionary<SessionId, (UInt128 SecretHash, uint Generation)>();
        var lines = 0;
        while (await child.StandardOutput.ReadLineAsync(Cancelled) is { } line)
        {
            Note(acknowledged, line);
            if (++lines == 600)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync(Cancelled);
        await using var store = StoreChild.Open(Path);

        Assert.Equal(20, acknowledged.Count);
        Assert.True(acknowledged.Values.Sum(token => token.Generation) > 500);
        foreach (var (session, token) in acknowledged)
        {
            var family = Assert.Single(await store.ListFamiliesAsync(session.User, default, Cancelled));
            var rotation = await store.RotateAsync(family.Present() with { Generation = token.Generation, SecretHash = token.SecretHash }, default, Cancelled);
            Assert.Contains(rotation.Verdict, new[] { RotationVerdict.Rotated, RotationVerdict.ReplayedConcurrent });
            var next = await store.RotateAsync(Assert.IsType<TokenFamily>(rotation.Family).Present(), default, Cancelled);
            Assert.Equal(RotationVerdict.Rotated, next.Verdict);
        }
    }

    [Fact]
    public async Task A_store_that_can_write_no_more_says_so_writes_nothing_half_and_recovers()
    {
        using var child = StoreChild.Start(StoreChild.Fill, Path, kilobytes: 400);

        var output = await child.StandardOutput.ReadToEndAsync(Cancelled);

        await child.WaitForExitAsync(Cancelled);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var acknowledged = lines.TakeWhile(line => !line.StartsWith("full ", StringComparison.Ordinal)).Count();
        Assert.True(acknowledged > 10, output);
        Assert.Equal($"reads {acknowledged}", lines[acknowledged + 1]);
        Assert.Equal($"recovered {acknowledged + 1}", lines[^1]);
        Assert.Equal(0, child.ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The last line of a process that was killed may be cut off: what it says was not heard.</summary>
    private static void Note(Dictionary<SessionId, (UInt128 SecretHash, uint Generation)> acknowledged, string line)
    {
        if (line.Split(' ') is [var sid, var hash, var generation, "."] && SessionId.TryParse(sid, out var session))
        {
            acknowledged[session] = (UInt128.Parse(hash, CultureInfo.InvariantCulture), uint.Parse(generation, CultureInfo.InvariantCulture));
        }
    }
}
