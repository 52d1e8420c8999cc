using System.Text.RegularExpressions;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Conventions;

public sealed partial class SourceConventionTests
{
    private const int MaxLines = 300;
    private const int MaxScriptLines = 60;

    [Fact]
    public void No_file_is_longer_than_a_reader_can_hold()
    {
        var long_ = ShippedCode.SourceFiles
            .Select(file => (Name: Path.GetRelativePath(Repository.Root, file), Lines: File.ReadLines(file).Count()))
            .Where(file => file.Lines > (file.Name.EndsWith(".lua", StringComparison.Ordinal) ? MaxScriptLines : MaxLines));

        Assert.Empty(long_);
        Assert.True(ShippedCode.SourceFiles.Count > 200);
    }

    [Fact]
    public void Nothing_is_left_for_later_and_nothing_is_folded_away()
    {
        var found = ShippedCode.SourceFiles
            .Where(file => !file.EndsWith("SourceConventionTests.cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Where(line => Unfinished().IsMatch(line)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));

        Assert.Empty(found);
        Assert.Matches(Unfinished(), "// TODO: later");
    }

    [Fact]
    public void Log_events_keep_their_numbers_to_themselves()
    {
        var ranges = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["TokenIssuer"] = 1000,
            ["TokenIssuer.AspNetCore"] = 2000,
            ["TokenIssuer.Validation"] = 3000,
            ["TokenIssuer.Sqlite"] = 4000,
            ["TokenIssuer.Redis"] = 5000,
            ["TokenIssuer.Server"] = 6000,
            ["TokenIssuer.Identity"] = 7000,
        };
        var events = ShippedCode.SourceFiles
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => LogMessage().Matches(File.ReadAllText(file)).Select(match => (Project: ProjectOf(file), Id: int.Parse(match.Groups[1].ValueSpan))))
            .Where(logged => ranges.ContainsKey(logged.Project))
            .ToList();

        Assert.NotEmpty(events);
        Assert.Equal(events.Count, events.Select(logged => logged.Id).Distinct().Count());
        Assert.All(events, logged => Assert.Equal(ranges[logged.Project], logged.Id / 1000 * 1000));
    }

    [Fact]
    public void Shipped_projects_ban_wall_clocks_and_blocking_waits()
    {
        var banned = File.ReadAllText(Repository.PathOf("BannedSymbols.txt"));
        var build = File.ReadAllText(Repository.PathOf("Directory.Build.props"));

        Assert.Contains("BannedSymbols.txt", build, StringComparison.Ordinal);
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", build, StringComparison.Ordinal);
        Assert.All(
            new[] { "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.UtcNow", "Thread.Sleep", "StackExchange.Redis.IDatabase" },
            symbol => Assert.Contains(symbol, banned, StringComparison.Ordinal));
    }

    private static string ProjectOf(string file)
    {
        var parts = Path.GetRelativePath(Repository.Root, file).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 && parts[0] == "src" ? parts[1] : string.Empty;
    }

    [GeneratedRegex(@"^\s*#region|\b(TODO|FIXME)\b|NotImplementedException|\bSkip\s*=\s*""")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogMessage();
}
