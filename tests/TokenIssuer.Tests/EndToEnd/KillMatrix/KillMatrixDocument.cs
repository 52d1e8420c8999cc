using System.Text;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>The table in <c>docs/security.md</c>: what was measured, and nothing else.</summary>
internal static class KillMatrixDocument
{
    /// <summary>Set to 1, the section is written instead of compared.</summary>
    private const string UpdateVariable = "UPDATE_KILL_MATRIX";
    private const string Begin = "<!-- kill matrix: written by a test run with UPDATE_KILL_MATRIX=1 -->";
    private const string End = "<!-- end of the kill matrix -->";

    private static readonly string s_path = Repository.PathOf("docs", "security.md");
    private static readonly SemaphoreSlim s_writing = new(1, 1);

    public static string Render(IEnumerable<KillRow> rows)
    {
        var table = new StringBuilder()
            .AppendLine("| Trigger | this session: refresh | this session: access | other sessions of the user | API tokens of the user | other users | signing in anew |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var (trigger, cells) in rows)
        {
            table.AppendLine($"| {trigger} | {cells.Refresh} | {cells.Access} | {cells.OtherSessions} | {cells.ApiTokens} | {cells.OtherUsers} | {cells.NewSignIn} |");
        }

        return table.ToString();
    }

    /// <summary>Asserts that the document tells what was measured, or has it tell it.</summary>
    public static async Task TellAsync(string table)
    {
        await s_writing.WaitAsync();
        try
        {
            var text = await File.ReadAllTextAsync(s_path);
            var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
            var to = text.IndexOf(End, StringComparison.Ordinal);
            Assert.True(from >= Begin.Length && to > from, $"docs/security.md has no section between \"{Begin}\" and \"{End}\".");
            if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            {
                await File.WriteAllTextAsync(s_path, $"{text[..from]}\n{table}{text[to..]}");
            }
            else
            {
                Assert.Equal($"\n{table}", text[from..to]);
            }
        }
        finally
        {
            s_writing.Release();
        }
    }
}
