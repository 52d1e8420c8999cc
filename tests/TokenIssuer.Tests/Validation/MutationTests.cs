using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Tests.Validation;

/// <summary>Random changes of real tokens, the same ones in every run: none is let in, none breaks anything, nothing grows.</summary>
public sealed class MutationTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    private static readonly string[] s_values =
        ["null", "true", "0", "-1", "1.5", "1e400", "9223372036854775808", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "[\"x\"]", "{}", "{\"x\":{}}", "\"notes-api\"", "\"ES256\"", "\"none\""];

    [Fact]
    public async Task Ninety_thousand_changed_texts_are_all_refused()
    {
        await using var api = await TestApi.StartAsync();
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var random = new Random(20_261_122);
        var tokens = Enumerable.Range(0, 16).Select(i => api.Issuer.Mint($"user-{i}")).ToArray();
        var calls = api.Stub.Calls;

        for (var i = 0; i < 90_000; i++)
        {
            var changed = Change(tokens, random);
            if (!tokens.Contains(changed, StringComparer.Ordinal))
            {
                Assert.IsType<TokenVerdict.Refused>(await reader.ReadAsync(changed, CancellationToken.None));
            }
        }

        Assert.Equal(0, api.Services.GetRequiredService<VerifiedTokenCache>().Count);
        Assert.Equal(calls, api.Stub.Calls);
        Assert.IsType<TokenVerdict.Accepted>(await reader.ReadAsync(tokens[0], CancellationToken.None));
    }

    [Fact]
    public async Task Ten_thousand_signed_tokens_with_changed_members_are_refused_or_still_name_their_user()
    {
        await using var api = await TestApi.StartAsync();
        var reader = api.Services.GetRequiredService<AccessTokenReader>();
        var random = new Random(2_026);
        var (accepted, refused) = (0, 0);

        for (var i = 0; i < 10_000; i++)
        {
            var (header, payload) = (api.Issuer.Header(), api.Issuer.Payload());
            var session = (string?)payload["sid"];
            var verdict = await reader.ReadAsync(api.Issuer.Sign(ChangeMember(header, random), ChangeMember(payload, random)), CancellationToken.None);
            if (verdict is TokenVerdict.Accepted { Token: var token })
            {
                Assert.Equal(("alice", session), (token.Subject.Value, token.Identity.Session.ToString()));
                accepted++;
            }
            else
            {
                Assert.IsType<TokenVerdict.Refused>(verdict);
                refused++;
            }
        }

        Assert.True(accepted > 100 && refused > 5_000, $"{accepted} accepted, {refused} refused");
    }

    [Fact]
    public async Task A_thousand_changed_texts_over_http_are_all_401()
    {
        await using var api = await TestApi.StartAsync();
        var random = new Random(7);
        string[] tokens = [api.Issuer.Mint("alice"), api.Issuer.Mint("bob")];

        for (var i = 0; i < 1_000; i++)
        {
            var changed = Change(tokens, random);
            if (!tokens.Contains(changed, StringComparer.Ordinal))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await api.StatusOfAsync(changed));
            }
        }

        Assert.Equal(HttpStatusCode.OK, await api.StatusOfAsync(tokens[0]));
    }

    private static string Change(string[] tokens, Random random)
    {
        var text = new StringBuilder(tokens[random.Next(tokens.Length)]);
        var other = tokens[random.Next(tokens.Length)];
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(8))
            {
                case 0: text[at] = Alphabet[random.Next(Alphabet.Length)]; break;
                case 1: text[at] = (char)random.Next(1, 0x300); break;
                case 2: text.Insert(at, Alphabet[random.Next(Alphabet.Length)]); break;
                case 3: text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)); break;
                case 4: text.Append(other.AsSpan(random.Next(other.Length))); break;
                case 5: text.Insert(at, ".", random.Next(1, 3)); break;
                case 6: Swap(text, other, random.Next(3)); break;
                default: text[^1] = Alphabet[(Alphabet.IndexOf(text[^1], StringComparison.Ordinal) + 1) % 64]; break;
            }

            if (text.Length == 0)
            {
                text.Append('.');
            }
        }

        return text.ToString();
    }

    /// <summary>Puts one part of another token in the place of this one's.</summary>
    private static void Swap(StringBuilder text, string other, int part)
    {
        var parts = text.ToString().Split('.');
        if (parts.Length == 3)
        {
            parts[part] = other.Split('.')[part];
            text.Clear().AppendJoin('.', parts);
        }
    }

    private static string ChangeMember(JsonObject json, Random random)
    {
        var names = json.Select(member => member.Key).ToList();
        var name = names[random.Next(names.Count)];
        switch (random.Next(6))
        {
            case 0:
                json.Remove(name);
                break;
            case 1:
                return json.ToJsonString().Insert(1, $"\"{name}\":{s_values[random.Next(s_values.Length)]},");
            case 2:
                return json.ToJsonString().Replace($"\"{name}\":", $"\"{name}\":{s_values[random.Next(s_values.Length)]},\"x\":", StringComparison.Ordinal);
            case 3:
                return json.ToJsonString().Insert(1, $"\"x{random.Next(9)}\":{s_values[random.Next(s_values.Length)]},");
            case 4:
                return json.ToJsonString().Remove(random.Next(json.ToJsonString().Length));
            default:
                break;
        }

        return json.ToJsonString();
    }
}
