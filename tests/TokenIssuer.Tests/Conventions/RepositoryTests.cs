using System.Diagnostics;
using System.Text.RegularExpressions;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Conventions;

/// <summary>What lies in the repository, and how its files are laid out.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] s_programs = ["Program.cs", "GlobalUsings.cs"];

    private static List<string> Tracked { get; } = ListTracked();

    private static IEnumerable<string> ShippedSources
        => Tracked.Where(file => file.EndsWith(".cs", StringComparison.Ordinal) && (file.StartsWith("src/", StringComparison.Ordinal) || file.StartsWith("samples/", StringComparison.Ordinal)));

    [Fact]
    public void No_file_that_looks_like_a_secret_or_like_data_is_tracked()
    {
        Assert.True(Tracked.Count > 100);
        Assert.DoesNotContain(Tracked, file => SecretName().IsMatch(file));
        Assert.Equal(["keys/README.md"], Tracked.Where(file => file.StartsWith("keys/", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_tracked_file_holds_a_private_key()
    {
        var holders = Tracked.Where(file => PrivateKey().IsMatch(File.ReadAllText(Repository.PathOf(file))));

        Assert.Empty(holders);
        Assert.Matches(PrivateKey(), Signing.SigningKeyTests.NewRsa(2048));
    }

    [Theory]
    [InlineData("keys/signing-1.pem")]
    [InlineData("keys/refresh-1.key")]
    [InlineData("server.pfx")]
    [InlineData("data/tokens.db")]
    [InlineData(".env")]
    public void A_secret_would_be_noticed(string file) => Assert.Matches(SecretName(), file);

    [Fact]
    public void A_namespace_is_the_folder_it_lies_in()
    {
        var strayed = ShippedSources
            .Select(file => (file, name: NamespaceOf(File.ReadAllText(Repository.PathOf(file)))))
            .Where(one => one.name is not null && one.name != FolderNamespaceOf(one.file) && !one.name.StartsWith("Microsoft.", StringComparison.Ordinal));

        Assert.Empty(strayed);
    }

    [Fact]
    public void Only_registration_methods_live_in_other_peoples_namespaces()
    {
        var guests = ShippedSources.Where(file => NamespaceOf(File.ReadAllText(Repository.PathOf(file)))?.StartsWith("Microsoft.", StringComparison.Ordinal) == true);

        Assert.NotEmpty(guests);
        Assert.All(guests, file => Assert.EndsWith("Extensions.cs", file, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_holds_one_public_type_and_is_named_after_one_that_it_holds()
    {
        foreach (var file in ShippedSources.Where(file => !s_programs.Contains(Path.GetFileName(file))))
        {
            var types = TopLevelType().Matches(File.ReadAllText(Repository.PathOf(file))).ToList();
            var named = Path.GetFileName(file).Split('.')[0];

            Assert.True(types.Count == 0 || types.Any(type => type.Groups["name"].Value == named), $"{file} holds no type {named}.");
            Assert.True(types.Count(type => type.Groups["access"].Value == "public") <= 1, $"{file} holds several public types.");
        }
    }

    [Fact]
    public void Every_suppression_gives_its_reason_on_the_line()
    {
        var silent = Tracked.Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(Repository.PathOf(file)).Where(line => SilentPragma().IsMatch(line)).Select(line => $"{file}: {line}"));

        Assert.Empty(silent);
        Assert.Matches(SilentPragma(), "#pragma warning disable CA0000");
    }

    [Fact]
    public void Every_project_locks_its_packages()
    {
        var projects = Tracked.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

        Assert.All(projects, project => Assert.Contains($"{Path.GetDirectoryName(project)?.Replace('\\', '/')}/packages.lock.json", Tracked));
    }

    [Fact]
    public void Test_names_are_sentences()
    {
        var methods = typeof(RepositoryTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.IsDefined(typeof(FactAttribute), inherit: true));

        Assert.All(methods, method => Assert.True(
            method.Name.Contains('_', StringComparison.Ordinal) && char.IsUpper(method.Name[0]) && method.DeclaringType?.Name.EndsWith("Tests", StringComparison.Ordinal) == true,
            $"{method.DeclaringType?.Name}.{method.Name} is no sentence about a subject."));
    }

    private static string? NamespaceOf(string source) => FileNamespace().Match(source) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>src/TokenIssuer/Families/Scope.cs is TokenIssuer.Families.</summary>
    private static string FolderNamespaceOf(string file) => string.Join('.', file.Split('/')[1..^1]);

    /// <summary>What git tracks; where there is no git, whatever lies there and is no build output.</summary>
    private static List<string> ListTracked()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["-c", "safe.directory=*", "-C", Repository.Root, "ls-files", "-z"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
            var files = git.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
            git.WaitForExit();
            if (git.ExitCode == 0)
            {
                return [.. files.Where(file => File.Exists(Repository.PathOf(file)))];
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no git here.
        }

        return [.. Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules" or ".git" or "data" or "dist" or "TestResults"))
            .Where(file => !file.StartsWith("keys/", StringComparison.Ordinal) || file == "keys/README.md")];
    }

    [GeneratedRegex(@"(\.(pem|key|pfx|p12|jks|db|db-wal|db-shm|sqlite3?|rdb|aof)|(^|/)(\.env|id_rsa|id_ed25519)|\.local\.json)$")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{100}")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex FileNamespace();

    [GeneratedRegex(@"^(?<access>public|internal|file) (?:(?:static|sealed|abstract|readonly|partial|ref|unsafe) )*(?:record struct|record class|record|class|struct|interface|enum|delegate [\w<>?\[\],. ]+) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"^\s*#pragma warning disable(?!.*// \S)")]
    private static partial Regex SilentPragma();
}
