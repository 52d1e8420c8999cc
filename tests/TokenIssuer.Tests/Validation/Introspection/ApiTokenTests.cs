using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using TokenIssuer.ApiTokens;

namespace TokenIssuer.Tests.Validation.Introspection;

/// <summary>API tokens at a resource API: what opens, what it costs the issuer, and what happens when there is none.</summary>
public sealed class ApiTokenTests
{
    [Fact]
    public async Task A_token_the_issuer_vouches_for_opens_what_its_scope_allows_and_is_asked_about_once()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (token, _) = desk.Issue(scope: "notes:read");

        using var me = await api.GetAsync("/me", token.Reveal());
        var write = await api.StatusOfAsync(token.Reveal(), "/write");

        Assert.Equal("alice", await me.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Forbidden, write);
        Assert.Equal(1, desk.Calls);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("notes-api:secret%20of%20notes-api")), desk.Authorization);
    }

    [Fact]
    public async Task Its_claims_have_the_names_they_have_in_an_access_token()
    {
        await using var api = await TestApi.StartAsync(map: app => app
            .MapGet("/claims", (ClaimsPrincipal user) => string.Join('\n', user.Claims.Select(claim => $"{claim.Type}={claim.Value} {claim.ValueType}")))
            .RequireAuthorization(policy => policy.RequireRole("editor")));
        var desk = new IntrospectionDesk(api);
        var (token, answer) = desk.Issue(scope: "notes:read notes:write");

        using var claims = await api.GetAsync("/claims", token.Reveal());

        const string Text = ClaimValueTypes.String;
        const string Whole = ClaimValueTypes.Integer64;
        Assert.Equal(
            [
                $"iss={TestIssuer.Name} {Text}", $"aud={TestIssuer.Audience} {Text}", $"sub=alice {Text}", $"iat={answer["iat"]} {Whole}", $"exp={answer["exp"]} {Whole}",
                $"jti={token.Id} {Text}", $"gen=5 {Whole}", $"scope=notes:read notes:write {Text}", $"roles=editor {Text}",
            ],
            (await claims.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n'));
    }

    [Fact]
    public async Task A_token_that_is_not_well_formed_costs_no_call()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var good = desk.Issue().Token.Reveal();
        string[] bad = [good[..^1], good + "A", good[..^1] + (good[^1] == 'A' ? 'E' : 'A'), "tip_", "tip_" + new string('A', 92), good.Replace("tip_", "tip_A", StringComparison.Ordinal)];

        var answers = new List<(HttpStatusCode, string)>();
        foreach (var token in bad)
        {
            using var answer = await api.GetAsync("/me", authorization: $"Bearer {token}");
            answers.Add((answer.StatusCode, answer.Headers.WwwAuthenticate.ToString()));
        }

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Unauthorized, "Bearer error=\"invalid_token\", error_description=\"invalid\""), answer));
        Assert.Equal(0, desk.Calls);
        Assert.Equal(HttpStatusCode.OK, await api.StatusOfAsync(good));
    }

    [Fact]
    public async Task What_the_issuer_does_not_vouch_for_is_invalid_and_asked_about_again_after_a_while()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var unknown = ApiToken.New(TestIssuer.KeyOf("alice")).Reveal();

        using var first = await api.GetAsync("/me", unknown);
        var second = await api.StatusOfAsync(unknown);
        var callsThen = desk.Calls;
        api.Clock.Advance(TimeSpan.FromSeconds(11));
        var third = await api.StatusOfAsync(unknown);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (first.StatusCode, second, third));
        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"invalid\"", first.Headers.WwwAuthenticate.ToString());
        Assert.Equal((1, 2), (callsThen, desk.Calls));
    }

    [Fact]
    public async Task Without_an_issuer_it_is_503_unless_it_was_vouched_for_lately()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (known, unknown) = (desk.Issue().Token.Reveal(), desk.Issue("bob").Token.Reveal());
        var before = await api.StatusOfAsync(known);

        desk.IsDown = true;
        using var refused = await api.GetAsync("/me", unknown);
        var kept = await api.StatusOfAsync(known);
        var strict = await api.StatusOfAsync(known, "/strict");
        desk.IsDown = false;
        var after = await api.StatusOfAsync(unknown);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (before, refused.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Empty(refused.Headers.WwwAuthenticate);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (kept, strict, after));
    }

    [Fact]
    public async Task Requests_at_the_same_time_share_one_call_and_none_ends_it_for_the_others()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var token = desk.Issue().Token.Reveal();
        var stall = new TaskCompletionSource();
        desk.Stall = stall.Task;
        using var impatient = new CancellationTokenSource();

        var first = api.Client.SendAsync(Request(token), impatient.Token);
        await Redis.Eventually.TrueAsync(() => desk.Calls == 1, TimeSpan.FromSeconds(30));
        var others = Enumerable.Range(0, 50).Select(_ => api.StatusOfAsync(token)).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        stall.SetResult();
        var answers = await Task.WhenAll(others);

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal(1, desk.Calls);
    }

    [Fact]
    public async Task A_strict_endpoint_asks_every_time()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (token, _) = desk.Issue();
        var first = await api.StatusOfAsync(token.Reveal(), "/strict");
        var second = await api.StatusOfAsync(token.Reveal(), "/strict");

        desk.Kill(token);
        var kept = await api.StatusOfAsync(token.Reveal());
        var strict = await api.StatusOfAsync(token.Reveal(), "/strict");
        var afterwards = await api.StatusOfAsync(token.Reveal());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (first, second, kept));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (strict, afterwards));
        Assert.Equal(3, desk.Calls);
    }

    [Fact]
    public async Task An_API_that_is_no_client_of_the_issuer_refuses_them()
    {
        await using var api = await TestApi.StartAsync(options => (options.ClientId, options.ClientSecret) = (null, null));
        var desk = new IntrospectionDesk(api);
        var token = desk.Issue().Token.Reveal();

        using var answer = await api.GetAsync("/me", token);
        var accessToken = await api.StatusOfAsync(api.Issuer.Mint());

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"invalid\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal((HttpStatusCode.OK, 0), (accessToken, desk.Calls));
    }

    [Theory]
    [InlineData("iss", "https://other.example", HttpStatusCode.Unauthorized)]
    [InlineData("aud", "other-api", HttpStatusCode.Unauthorized)]
    [InlineData("aud", null, HttpStatusCode.Unauthorized)]
    [InlineData("active", false, HttpStatusCode.Unauthorized)]
    [InlineData("sub", "bob", HttpStatusCode.ServiceUnavailable)]
    [InlineData("sub", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("jti", "another", HttpStatusCode.ServiceUnavailable)]
    [InlineData("gen", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", null, HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", long.MaxValue, HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", "soon", HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", 253_402_300_800, HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", -1, HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", 1e300, HttpStatusCode.ServiceUnavailable)]
    [InlineData("exp", 1.5, HttpStatusCode.ServiceUnavailable)]
    [InlineData("iat", -1, HttpStatusCode.ServiceUnavailable)]
    [InlineData("iat", long.MaxValue, HttpStatusCode.ServiceUnavailable)]
    [InlineData("recheck_in", 1e300, HttpStatusCode.ServiceUnavailable)]
    [InlineData("recheck_in", long.MaxValue, HttpStatusCode.OK)]
    [InlineData("recheck_in", long.MinValue, HttpStatusCode.OK)]
    [InlineData("scope", "a\"b", HttpStatusCode.ServiceUnavailable)]
    public async Task An_answer_about_something_else_opens_nothing(string member, object? value, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (control, (token, answer)) = (desk.Issue().Token, desk.Issue());
        answer[member] = JsonValue.Create(value);

        var status = await api.StatusOfAsync(token.Reveal());

        Assert.Equal(expected, status);
        Assert.Equal(HttpStatusCode.OK, await api.StatusOfAsync(control.Reveal()));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Found)]
    public async Task An_issuer_that_does_not_answer_this_API_is_503(HttpStatusCode status)
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api) { Status = status };

        var answer = await api.StatusOfAsync(desk.Issue().Token.Reveal());

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer);
    }

    [Fact]
    public async Task An_answer_in_a_character_set_that_does_not_exist_is_503()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (control, token) = (desk.Issue().Token, desk.Issue().Token);
        var before = await api.StatusOfAsync(control.Reveal());
        desk.MediaType = "application/json; charset=klingon";

        var answer = await api.StatusOfAsync(token.Reveal());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (before, answer));
    }

    [Fact]
    public async Task A_token_that_lives_to_the_end_of_time_is_good()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (token, answer) = desk.Issue();
        answer["exp"] = 253_402_300_799;

        var first = await api.StatusOfAsync(token.Reveal());
        var kept = await api.StatusOfAsync(token.Reveal());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, 1), (first, kept, desk.Calls));
    }

    private static HttpRequestMessage Request(string token)
        => new(HttpMethod.Get, "/me") { Headers = { { "Authorization", $"Bearer {token}" } } };
}
