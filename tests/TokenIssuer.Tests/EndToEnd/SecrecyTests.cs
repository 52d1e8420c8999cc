using System.Net;
using System.Text;
using System.Text.Json;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>A server that tells everything it can tell, and tells no secret.</summary>
public sealed class SecrecyTests
{
    private const int PieceLength = 16;
    private const string Password = "correct-horse-1";
    private const string NewPassword = "a-new-one-that-nobody-may-read";
    private const string WrongPassword = "a-wrong-one-that-nobody-may-read";

    [Fact]
    public async Task At_the_most_talkative_level_no_piece_of_a_secret_is_printed_or_kept()
    {
        using var site = new IssuerSite(
            ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"), ("Logging:LogLevel:Microsoft.EntityFrameworkCore", "Trace"));
        var secrets = new List<string> { Password, NewPassword, WrongPassword };
        string output, session;
        await using (var issuer = await IssuerProcess.StartAsync(site))
        {
            session = await LiveAsync(issuer.Client, secrets);
            await issuer.StopAsync();
            output = issuer.Process.Output + issuer.Process.Errors;
        }

        var kept = string.Join('\n', Directory.EnumerateFiles(Path.Combine(site.Folder, "data")).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));

        // The controls: it did talk about this session, at that level, and the files are those of these users.
        Assert.Contains(session, output, StringComparison.Ordinal);
        Assert.Contains("dbug: Microsoft.AspNetCore", output, StringComparison.Ordinal);
        Assert.Contains("alice", kept, StringComparison.Ordinal);
        Assert.All(secrets.SelectMany(Pieces), piece =>
        {
            Assert.DoesNotContain(piece, output, StringComparison.Ordinal);
            Assert.DoesNotContain(piece, kept, StringComparison.Ordinal);
        });
    }

    /// <summary>What happens to tokens and passwords, well and badly.</summary>
    private static async Task<string> LiveAsync(IssuerClient client, List<string> secrets)
    {
        var first = Keep(await client.LogInAsync("alice", Password));
        var second = Keep(await client.RefreshAsync(first));
        Keep(await client.RefreshAsync(second));
        using var wrong = await client.TryLogInAsync("alice", WrongPassword);
        using var garbled = await client.TryRefreshAsync(second.RefreshToken + "A");
        using var forged = await client.SendAsync(HttpMethod.Get, "/auth/me", second with { AccessToken = second.AccessToken[..^6] + "AAAAAA" });
        using var made = await client.SendAsync(
            HttpMethod.Post, "/auth/api-tokens", second, new StringContent("""{"name":"script","expires_in":3600}""", Encoding.UTF8, "application/json"));
        using var apiToken = JsonDocument.Parse(await made.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        // The first half of an API token is its id.
        secrets.Add((apiToken.RootElement.GetProperty("token").GetString() ?? string.Empty)[48..]);
        var changed = Keep(await client.ChangePasswordAsync(second, Password, NewPassword));
        Assert.False(await client.IsRefreshableAsync(first));
        await client.LogOutAsync(changed);

        Assert.Equal(
            (HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.Created),
            (wrong.StatusCode, garbled.StatusCode, forged.StatusCode, made.StatusCode));
        return changed.SessionId;

        IssuedTokens Keep(IssuedTokens tokens)
        {
            secrets.AddRange([tokens.RefreshToken, tokens.AccessToken.Split('.')[2]]);
            return tokens;
        }
    }

    private static IEnumerable<string> Pieces(string secret)
        => secret.Length <= PieceLength ? [secret] : Enumerable.Range(0, secret.Length - PieceLength + 1).Select(at => secret.Substring(at, PieceLength));
}
