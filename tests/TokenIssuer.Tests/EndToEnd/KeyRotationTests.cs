using System.Collections.Concurrent;
using System.Net;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Keys change while tokens are minted and used all the time: two issuers that share a folder, our API and a stock one.</summary>
public sealed class KeyRotationTests(KeyRotationSite site) : IClassFixture<KeyRotationSite>
{
    private const string Ours = "ours";
    private const string Stock = "stock";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>With the default settings of everything: a stock API keeps the keys that it has read for twelve hours.</summary>
    [Fact]
    public async Task Two_rotations_under_load_cause_not_a_single_refusal()
    {
        await site.RenewStockApiAsync();
        using var enough = new CancellationTokenSource();
        var load = new Load();
        var clients = Task.WhenAll(site.Issuers.SelectMany(issuer => new[] { "alice", "bob" }.Select(user => UseOnAsync(issuer, user, load, enough.Token))));
        await UntilEveryIssuerSignsAsync(load, keys: 1);

        site.LetADayPass();
        var first = await RotateAsync();
        await UntilEveryIssuerSignsAsync(load, keys: 2);
        var early = await RotateAsync();
        await site.UntilAnnouncedAsync();
        site.LetADayPass();
        await site.RenewStockApiAsync();
        var second = await RotateAsync();
        await UntilEveryIssuerSignsAsync(load, keys: 3);
        await enough.CancelAsync();
        await clients;

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.OK), (first, early, second));
        Assert.Equal([(Ours, HttpStatusCode.OK), (Stock, HttpStatusCode.OK)], load.Answers.Keys.Order());
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", load.Answers.Select(answer => $"{answer.Key}: {answer.Value}")));
    }

    [Fact]
    public async Task A_key_that_is_retired_takes_its_tokens_along_everywhere_and_the_next_one_is_accepted_at_once()
    {
        var (first, second) = (site.Issuers[0], site.Issuers[1]);
        var held = await second.Client.LogInAsync("alice", "correct-horse-1");
        Assert.Equal(HttpStatusCode.OK, await site.Api.GetNotesAsync(held));
        var admin = await first.Client.LogInAsync("admin", "correct-horse-3");

        using var retired = await first.Client.SendAsync(HttpMethod.Post, $"/admin/keys/{KeyOf(held)}/retire", admin);
        var atIssuers = await Task.WhenAll(site.Issuers.Select(issuer => issuer.Client.GetMeAsync(held)));
        await site.Api.AssertRefusesAsync(held);
        var next = await second.Client.RefreshAsync(held);

        Assert.Equal(HttpStatusCode.OK, retired.StatusCode);
        Assert.All(atIssuers, status => Assert.Equal(HttpStatusCode.Unauthorized, status));
        Assert.NotEqual(KeyOf(held), KeyOf(next));
        Assert.Equal(HttpStatusCode.OK, await site.Api.GetNotesAsync(next));
        Assert.All(await Task.WhenAll(site.Issuers.Select(issuer => issuer.Client.GetMeAsync(next))), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    /// <summary>A client that asks for a new access token for everything it does.</summary>
    private async Task UseOnAsync(IssuerProcess issuer, string user, Load load, CancellationToken enough)
    {
        var held = await issuer.Client.LogInAsync(user, user == "alice" ? "correct-horse-1" : "correct-horse-2");
        while (!enough.IsCancellationRequested)
        {
            held = await issuer.Client.RefreshAsync(held);
            load.Keys.TryAdd((issuer.Address, KeyOf(held)), true);
            load.Note(Ours, await site.Api.GetNotesAsync(held));
            load.Note(Stock, await site.StockApi.GetAsync(held.AccessToken));
        }
    }

    private async Task<HttpStatusCode> RotateAsync()
    {
        var client = site.Issuers[0].Client;
        var admin = await client.LogInAsync("admin", "correct-horse-3");
        using var rotated = await client.SendAsync(HttpMethod.Post, "/admin/keys/rotate", admin);
        return rotated.StatusCode;
    }

    private Task<TimeSpan> UntilEveryIssuerSignsAsync(Load load, int keys) => Eventually.TrueAsync(
        () => site.Issuers.All(issuer => load.Keys.Keys.Count(key => key.Issuer == issuer.Address) >= keys), s_patience);

    private static string KeyOf(IssuedTokens tokens) => JwtText.Header(tokens.AccessToken).GetProperty("kid").GetString()!;

    /// <summary>What the clients saw.</summary>
    private sealed class Load
    {
        public ConcurrentDictionary<(Uri Issuer, string Key), bool> Keys { get; } = new();

        public ConcurrentDictionary<(string Api, HttpStatusCode Status), int> Answers { get; } = new();

        public void Note(string api, HttpStatusCode status) => Answers.AddOrUpdate((api, status), 1, (_, count) => count + 1);
    }
}
