using System.Reflection;
using System.Text.RegularExpressions;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Conventions;

/// <summary>Every test that docs/security.md calls a proof exists, and runs.</summary>
public sealed partial class SecurityChecklistTests
{
    private static readonly string[] s_clientSuites = ["src/TokenIssuer.Client/test", "samples/NotesWeb/test", "src/TokenIssuer.Server/Console/test", "tests/OAuthClients"];

    private static readonly string s_document = File.ReadAllText(Repository.PathOf("docs", "security.md"));

    [Fact]
    public void Every_test_named_as_a_proof_exists()
    {
        var named = NamedTest().Matches(s_document).Select(match => match.Groups[1].Value).Distinct().ToList();
        var known = TestNames().ToHashSet(StringComparer.Ordinal);

        Assert.True(named.Count > 150, $"Only {named.Count} tests are named.");
        Assert.Empty(named.Except(known, StringComparer.Ordinal));
        Assert.Matches(NamedTest(), "`RefreshTests.A_session_that_idles_ends`");
        Assert.DoesNotContain("RefreshTests.No_such_test", known);
    }

    [Fact]
    public void Every_client_test_named_as_a_proof_exists()
    {
        var sources = s_clientSuites
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder.Split('/'))))
            .Where(file => file.EndsWith(".test.ts", StringComparison.Ordinal) || file.EndsWith(".test.mjs", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllText, StringComparer.Ordinal);
        var named = NamedClientTest().Matches(s_document).Select(match => (File: match.Groups[1].Value, Title: match.Groups[2].Value)).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.True(
            sources.TryGetValue(test.File, out var source) && (source.Contains($"'{test.Title}'", StringComparison.Ordinal) || source.Contains($"`{test.Title}`", StringComparison.Ordinal)),
            $"{test.File} has no test \"{test.Title}\"."));
    }

    [Fact]
    public void Every_row_has_an_answer_and_stands_once()
    {
        var rows = Row().Matches(s_document).Select(match => (Id: match.Groups[1].Value, Answer: match.Groups[2].Value.Trim())).ToList();

        Assert.True(rows.Count > 140, $"Only {rows.Count} rows.");
        Assert.Equal(rows.Count, rows.Select(row => row.Id).Distinct().Count());
        Assert.All(rows, row => Assert.True(
            row.Answer.Contains('`', StringComparison.Ordinal) || row.Answer.StartsWith("not met:", StringComparison.Ordinal)
                || row.Answer.StartsWith("does not apply:", StringComparison.Ordinal) || row.Answer.StartsWith("decided otherwise:", StringComparison.Ordinal),
            $"{row.Id} names neither a test nor a reason."));
    }

    /// <summary>Class.Method of every test; one of an abstract suite counts under the suite's name too.</summary>
    private static IEnumerable<string> TestNames()
        => typeof(SecurityChecklistTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)))
            .Select(method => $"{method.DeclaringType?.Name}.{method.Name}");

    [GeneratedRegex(@"`(\w+Tests\.[A-Z]\w*)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"`([\w-]+\.test\.(?:ts|mjs)): ([^`]+)`")]
    private static partial Regex NamedClientTest();

    [GeneratedRegex(@"^\| ([A-Z]{2}-\d+) \|[^|]*\|[^|]*\|(.*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
