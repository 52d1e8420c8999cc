using System.Reflection;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Conventions;

/// <summary>Public is a decision: what a shipped library offers is written down, and a change of it is seen in review.</summary>
public sealed class PublicApiTests
{
    private const string UpdateSwitch = "UPDATE_PUBLIC_API";

    [Theory]
    [InlineData("TokenIssuer")]
    [InlineData("TokenIssuer.AspNetCore")]
    [InlineData("TokenIssuer.Identity")]
    [InlineData("TokenIssuer.Redis")]
    [InlineData("TokenIssuer.Sqlite")]
    [InlineData("TokenIssuer.Validation")]
    public void The_public_surface_is_the_one_that_was_approved(string assembly)
    {
        var path = Repository.PathOf("tests", "TokenIssuer.Tests", "Conventions", "PublicApi", assembly + ".txt");
        var actual = PublicApi.Describe(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(UpdateSwitch) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        var approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : string.Empty;

        Assert.True(
            approved == actual,
            $"The public surface of {assembly} has changed: {FirstDifference(approved, actual)} If that is meant, run this test once with {UpdateSwitch}=1 and commit {path}.");
    }

    [Fact]
    public void A_change_would_be_noticed()
    {
        var api = PublicApi.Describe(typeof(TokenAuthority).Assembly);

        Assert.Contains("sealed class TokenIssuer.TokenAuthority\n", api, StringComparison.Ordinal);
        Assert.Contains("    Task<TokenIssuer.RefreshOutcome> RefreshAsync(", api, StringComparison.Ordinal);
        Assert.DoesNotContain("ITokenFamilyStore", api, StringComparison.Ordinal);
    }

    private static string FirstDifference(string approved, string actual)
    {
        var (before, after) = (approved.Split('\n'), actual.Split('\n'));
        var gone = before.Except(after, StringComparer.Ordinal).FirstOrDefault();
        var added = after.Except(before, StringComparer.Ordinal).FirstOrDefault();
        return $"{(gone is null ? string.Empty : $"\"{gone.Trim()}\" is gone. ")}{(added is null ? string.Empty : $"\"{added.Trim()}\" is new.")}";
    }
}
