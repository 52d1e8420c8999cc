using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using TokenIssuer.Families;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Users;
using TokenIssuer.Validation;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>The README says what is true: its commands are run, its code is compiled, its links lead somewhere.</summary>
public sealed partial class ReadmeTests
{
    private const string ExpectedMark = "#=> ";
    private static readonly string s_readme = File.ReadAllText(Repository.PathOf("README.md"));

    [Fact]
    public async Task The_transcript_prints_what_it_says()
    {
        using var site = new IssuerSite();
        await using var issuer = await IssuerProcess.StartAsync(site);
        await using var api = await NotesApiProcess.StartAsync(issuer);
        var script = string.Join('\n', BlocksOf(s_readme, "bash"));
        var expected = script.Split('\n').Where(line => line.StartsWith(ExpectedMark, StringComparison.Ordinal)).Select(line => line[ExpectedMark.Length..]);

        var printed = await RunAsync(script
            .Replace("localhost:5080", $"localhost:{issuer.Address.Port}", StringComparison.Ordinal)
            .Replace("localhost:5081", $"localhost:{api.Address.Port}", StringComparison.Ordinal));

        Assert.NotEmpty(expected);
        Assert.Equal(expected, printed.TrimEnd().Split('\n'));
    }

    [Fact]
    public void The_code_is_compiled_code()
    {
        var compiled = File.ReadAllText(Repository.PathOf("tests", "TokenIssuer.Tests", "EndToEnd", "FiveLines.cs"));

        var snippets = BlocksOf(s_readme, "csharp").ToList();

        Assert.Equal(2, snippets.Count);
        Assert.All(snippets, snippet => Assert.Contains(Unindent(snippet), Unindent(compiled), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_hosts_it_shows_can_be_built()
    {
        using var folder = new TemporaryFolder();
        await using var issuer = FiveLines.Issuer<Nobody>(CreateBuilder(folder));
        await using var api = FiveLines.Api(CreateBuilder(folder));

        Assert.NotNull(issuer.Services.GetService(typeof(TokenAuthority)));
        Assert.NotNull(api.Services.GetService(typeof(RevocationFeedState)));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/decisions.md")]
    [InlineData("docs/operations.md")]
    public void Links_lead_to_files(string document)
    {
        var text = File.ReadAllText(Repository.PathOf(document));
        var folder = Path.GetDirectoryName(Repository.PathOf(document)) ?? Repository.Root;

        var broken = Links().Matches(text)
            .Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal))
            .Where(link => !File.Exists(Path.Combine(folder, link)));

        Assert.Empty(broken);
    }

    private static WebApplicationBuilder CreateBuilder(TemporaryFolder folder)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.FullPath, EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(
        [
            new("TokenIssuer:KeysDirectory", folder.PathOf("keys")),
            new("TokenIssuer:Keys:Generate", "true"),
            new("TokenIssuerValidation:Authority", "http://localhost:5080"),
            new("TokenIssuerValidation:Audience", "notes-api"),
            new("TokenIssuerValidation:ClientId", "notes-api"),
            new("TokenIssuerValidation:ClientSecret", "a secret"),
        ]);
        return builder;
    }

    private static IEnumerable<string> BlocksOf(string text, string language)
        => Blocks().Matches(text).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    private static string Unindent(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim())).Trim();

    private static async Task<string> RunAsync(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-eu"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("bash does not start.");
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var printed = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        Assert.True(bash.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{bash.ExitCode}: {printed}"));
        return printed;
    }

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Links();

    private sealed class Nobody : ICredentialVerifier
    {
        public Task<Subject?> FindAsync(string username, CancellationToken cancellationToken) => Task.FromResult<Subject?>(null);

        public Task<CredentialVerdict> VerifyAsync(Subject? subject, Credentials credentials, CancellationToken cancellationToken)
            => Task.FromResult(CredentialVerdict.Wrong);

        public Task<UserClaims?> LoadAsync(Subject subject, CancellationToken cancellationToken) => Task.FromResult<UserClaims?>(null);

        public Task<PasswordChange> ChangePasswordAsync(
            Subject subject, string currentPassword, string newPassword, CancellationToken cancellationToken)
            => Task.FromResult<PasswordChange>(new PasswordChange.Wrong());
    }
}
