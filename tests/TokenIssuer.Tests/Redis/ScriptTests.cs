using System.Reflection;
using System.Text.RegularExpressions;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>What every script file keeps to, so that it can be read alone.</summary>
public sealed partial class ScriptTests
{
    private const int MaxLines = 60;

    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Repository.PathOf("src", "TokenIssuer.Redis", "Scripts"), "*.lua").Select(Path.GetFileNameWithoutExtension).OfType<string>()];

    public static TheoryData<string> Scripts => [.. All.Select(script => script.Name)];

    private static IEnumerable<Script> All => typeof(Script)
        .GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Select(property => property.GetValue(null))
        .OfType<Script>();

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_short_and_begins_with_its_contract(string name)
    {
        var lines = File.ReadAllLines(Repository.PathOf("src", "TokenIssuer.Redis", "Scripts", $"{name}.lua"));

        Assert.True(lines.Length < MaxLines, $"{name} has {lines.Length} lines.");
        Assert.StartsWith($"-- {name}: ", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("-- KEYS ", StringComparison.Ordinal) || line.StartsWith("-- DEFINES ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("-- RETURNS ", StringComparison.Ordinal) || line.StartsWith("-- DEFINES ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("-- INVARIANT ", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_touches_its_declared_keys_alone(string name)
    {
        var script = All.Single(one => one.Name == name);

        var used = KeyUse().Matches(script.Text).Select(match => int.Parse(match.Groups[1].Value)).ToList();
        var calls = Calls().Matches(script.Text).Select(match => (Command: match.Groups[1].Value, Key: match.Groups[2].Value)).ToList();

        Assert.InRange(used.DefaultIfEmpty(1).Max(), 1, script.KeyCount);
        Assert.All(calls, call => Assert.True(
            call.Command is "TIME" or "PUBLISH" or "SCAN" || call.Key.StartsWith("KEYS[", StringComparison.Ordinal), $"{name}: {call.Command} {call.Key}"));
        Assert.NotEmpty(calls);
    }

    [Fact]
    public void Every_file_is_a_script_or_included_by_one()
    {
        var included = All.SelectMany(script => Included().Matches(script.Text)).SelectMany(match => match.Groups[1].Value.Split(", "));

        Assert.Equal(
            Files.Select(row => row.Data).Order(StringComparer.Ordinal),
            All.Select(script => script.Name).Concat(included).Distinct().Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"KEYS\[(\d)\]")]
    private static partial Regex KeyUse();

    [GeneratedRegex(@"redis\.call\('(\w+)'(?:, ([^,)]+))?")]
    private static partial Regex Calls();

    [GeneratedRegex("^-- INCLUDES (.+)$", RegexOptions.Multiline)]
    private static partial Regex Included();
}
