using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.ApiTokens;

namespace TokenIssuer.Tests.Validation.Introspection;

/// <summary>What invented API tokens cost the issuer, and whom a flood of them hurts.</summary>
public sealed class InventedTokenTests
{
    private const string Stranger = "203.0.113.7";
    private const string Client = "198.51.100.20";

    [Fact]
    public async Task A_flood_from_one_address_stops_here_and_hurts_no_token_that_is_known()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var known = desk.Issue().Token.Reveal();
        var before = await StatusFromAsync(api, Stranger, known);

        var flood = await FloodAsync(api, 300, _ => Stranger);
        var callsThen = desk.Calls;
        var kept = await StatusFromAsync(api, Stranger, known);
        var strict = await StatusFromAsync(api, Stranger, known, "/strict");

        Assert.Equal(50, callsThen - 1);
        Assert.Equal((50, 250), (flood.Count(one => one == 401), flood.Count(one => one == 503)));
        Assert.Equal((200, 200, 200), (before, kept, strict));
    }

    [Fact]
    public async Task A_flood_leaves_unseen_tokens_of_others_their_answer()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var tokens = Enumerable.Range(0, 20).Select(i => desk.Issue($"user{i}").Token.Reveal()).ToList();

        var answers = new List<int>();
        foreach (var token in tokens)
        {
            await FloodAsync(api, 50, _ => Stranger);
            answers.Add(await StatusFromAsync(api, Client, token));
        }

        Assert.All(answers, answer => Assert.Equal(200, answer));
    }

    [Fact]
    public async Task What_the_issuer_could_not_answer_counts_against_nobody()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api) { IsDown = true };
        var whileDown = await FloodAsync(api, 60, _ => Client);

        desk.IsDown = false;
        api.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.All(whileDown, answer => Assert.Equal(503, answer));
        Assert.Equal(200, await StatusFromAsync(api, Client, desk.Issue().Token.Reveal()));
    }

    [Fact]
    public async Task A_network_that_went_too_far_is_forgiven_bit_by_bit()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        await FloodAsync(api, 60, _ => Stranger);
        var unseen = desk.Issue().Token.Reveal();
        var refused = await StatusFromAsync(api, Stranger, unseen);

        api.Clock.Advance(TimeSpan.FromSeconds(1));
        var answered = await StatusFromAsync(api, Stranger, unseen);
        var flood = await FloodAsync(api, 60, _ => Stranger);

        Assert.Equal((503, 200), (refused, answered));
        Assert.Equal(10, flood.Count(one => one == 401));
    }

    [Fact]
    public async Task Good_tokens_count_against_nobody()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);

        var answers = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            answers.Add(await StatusFromAsync(api, Client, desk.Issue().Token.Reveal()));
        }

        Assert.All(answers, answer => Assert.Equal(200, answer));
        Assert.Equal(100, desk.Calls);
    }

    [Fact]
    public async Task A_flood_from_everywhere_costs_the_issuer_no_more_than_a_hundred_calls_a_second()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);

        await FloodAsync(api, 500, i => $"10.{i / 250}.{i % 250}.1");
        var first = desk.Calls;
        api.Clock.Advance(TimeSpan.FromSeconds(1));
        await FloodAsync(api, 500, i => $"10.{i / 250}.{i % 250}.1");

        Assert.Equal((100, 200), (first, desk.Calls));
    }

    [Fact]
    public async Task Neighbours_are_one_network_and_so_is_whoever_has_no_address()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);

        await FloodAsync(api, 100, i => $"203.0.113.{i}");
        var neighbours = desk.Calls;
        api.Clock.Advance(TimeSpan.FromSeconds(1));
        await FloodAsync(api, 100, _ => null);

        Assert.Equal((50, 100), (neighbours, desk.Calls));
    }

    private static async Task<List<int>> FloodAsync(TestApi api, int count, Func<int, string?> address)
    {
        var answers = new List<int>();
        for (var i = 0; i < count; i++)
        {
            answers.Add(await StatusFromAsync(api, address(i), ApiToken.New(TestIssuer.KeyOf("alice")).Reveal()));
        }

        return answers;
    }

    private static async Task<int> StatusFromAsync(TestApi api, string? address, string token, string path = "/me")
    {
        var server = Assert.IsType<TestServer>(api.Services.GetRequiredService<IServer>());
        var answered = await server.SendAsync(
            context =>
            {
                context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
                (context.Request.Method, context.Request.Path) = (HttpMethods.Get, path);
                context.Request.Headers.Authorization = $"Bearer {token}";
            },
            TestContext.Current.CancellationToken);
        return answered.Response.StatusCode;
    }
}
