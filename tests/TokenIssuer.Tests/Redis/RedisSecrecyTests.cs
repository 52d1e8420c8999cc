using System.Text;
using StackExchange.Redis;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>Nothing that Redis holds, is sent or passes on, and nothing that a node logs, has a piece of any token in it.</summary>
public sealed class RedisSecrecyTests : IDisposable
{
    // Shorter pieces of one random text would be found in another by chance.
    private const int PieceLength = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_piece_of_a_token_is_in_any_key_value_entry_command_message_or_log()
    {
        await using var redis = await RedisProcess.StartAsync("--appendonly", "yes");
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},deadline=5000", _folder);
        using var direct = await redis.ConnectAsync();
        var messages = new List<string>();
        await direct.GetSubscriber().SubscribeAsync("*", (channel, message) => messages.Add($"{channel} {message}"));
        using var monitor = new RedisMonitor(redis.Port);
        await redis.WaitForAsync("cmd=monitor", string.Empty, "CLIENT", "LIST");
        var secrets = await LiveAsync(issuer);
        await redis.AskAsync("SAVE");
        var traffic = await monitor.StopAsync();

        var places = new Dictionary<string, string>
        {
            ["keys and values"] = await DumpAsync(direct),
            ["traffic"] = traffic,
            ["messages"] = string.Join('\n', messages),
            ["log"] = string.Join('\n', issuer.Log.Lines),
            ["append-only file"] = string.Join('\n', Directory.GetFiles(Path.Combine(redis.Folder, "appendonlydir")).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file)))),
            ["snapshot"] = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(redis.Folder, "dump.rdb"), TestContext.Current.CancellationToken)),
        };

        Assert.All(places, place => Assert.True(place.Key == "messages" || place.Value.Length > 100, $"There is no {place.Key}."));
        Assert.All(messages, message => Assert.EndsWith(" ", message, StringComparison.Ordinal));
        Assert.NotEmpty(messages);
        foreach (var (name, content) in places)
        {
            Assert.DoesNotContain(secrets.SelectMany(Pieces), piece => content.Contains(piece, StringComparison.Ordinal));
            Assert.True(name.Length > 0);
        }

        // The positive control: what is no secret is found in the same places.
        Assert.Contains("{ti:0}:u:", places["keys and values"], StringComparison.Ordinal);
        Assert.Contains("{ti:0}:u:", places["traffic"], StringComparison.Ordinal);
    }

    /// <summary>Everything that can happen to tokens.</summary>
    private static async Task<List<string>> LiveAsync(IssuerNode issuer)
    {
        var secrets = new List<string>();
        TokenAnswer Keep(TokenAnswer answer)
        {
            secrets.AddRange([answer.RefreshToken.Reveal(), .. answer.AccessToken.Reveal().Split('.')[1..]]);
            return answer;
        }

        for (var i = 0; i < 10; i++)
        {
            var user = $"user-{i}";
            var first = Keep(await issuer.LogInAsync(user));
            var second = Keep(Assert.IsType<RefreshOutcome.Refreshed>(await issuer.RefreshAsync(first, "an-idempotency-key")).Answer);
            Keep(Assert.IsType<RefreshOutcome.Refreshed>(await issuer.RefreshAsync(second)).Answer);
            var created = await issuer.Authority.CreateApiTokenAsync(
                new Subject(user), long.MaxValue >> 12, "script", Scope.None, TimeSpan.FromHours(1), TestContext.Current.CancellationToken);
            var token = Assert.IsType<ApiTokenCreation.Created>(created).Token;

            // Its first 43 characters are its id, which names it everywhere.
            secrets.Add(token.Reveal()[(ApiToken.Prefix.Length + 44)..]);
            await issuer.Authority.InspectApiTokenAsync(token, TestContext.Current.CancellationToken);
            switch (i % 5)
            {
                case 0:
                    await issuer.RefreshAsync(first);
                    break;
                case 1:
                    await issuer.RevokeAsync(new RevocationTarget.Session(first.SessionId));
                    break;
                case 2:
                    await issuer.RevokeAsync(new RevocationTarget.EverythingOf(new Subject(user)));
                    break;
                case 3:
                    await issuer.RevokeAsync(new RevocationTarget.Token(ApiNode.Identify(first).TokenId));
                    break;
                default:
                    await issuer.RevokeAsync(new RevocationTarget.ApiToken(token.Id));
                    break;
            }
        }

        return secrets;
    }

    private static IEnumerable<string> Pieces(string secret)
        => Enumerable.Range(0, Math.Max(0, secret.Length - PieceLength)).Where(at => at % 4 == 0).Select(at => secret.Substring(at, PieceLength));

    private static async Task<string> DumpAsync(ConnectionMultiplexer direct)
    {
        var database = direct.GetDatabase();
        var dump = new StringBuilder();
        foreach (var key in direct.GetServer(direct.GetEndPoints()[0]).Keys())
        {
            dump.Append(key).Append(' ').Append(Encoding.Latin1.GetString((byte[])await database.KeyDumpAsync(key))).Append('\n');
            if (await database.KeyTypeAsync(key) == RedisType.Hash)
            {
                foreach (var field in await database.HashGetAllAsync(key))
                {
                    dump.Append(Encoding.Latin1.GetString((byte[])field.Name)).Append(' ').Append(Encoding.Latin1.GetString((byte[])field.Value)).Append('\n');
                }
            }
        }

        return dump.ToString();
    }
}
