using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Bearer;

namespace TokenIssuer.Tests.Validation;

public sealed class BearerAnswerTests
{
    [Fact]
    public async Task Without_credentials_the_challenge_names_no_error()
    {
        await using var api = await TestApi.StartAsync();

        using var answer = await api.GetAsync("/me");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("token_missing", await CodeOfAsync(answer));
    }

    [Theory]
    [InlineData("Bearer", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Basic YTpi", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer {token}, Bearer {token}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer {token} {token}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer{token}", HttpStatusCode.Unauthorized)]
    [InlineData("{token}", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer {token}", HttpStatusCode.OK)]
    [InlineData("bearer {token}", HttpStatusCode.OK)]
    public async Task The_header_is_one_scheme_one_space_and_one_token(string header, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();

        using var answer = await api.GetAsync("/me", authorization: header.Replace("{token}", api.Issuer.Mint(), StringComparison.Ordinal));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("Bearer  x", " x")]
    [InlineData("Bearer\tx", null)]
    [InlineData("Bearer x", "x")]
    public void White_space_is_not_passed_over(string header, string? expected)
    {
        var isBearer = BearerCredentials.TryRead(header, out var token);

        Assert.True(isBearer);
        Assert.Equal(expected, token);
    }

    [Fact]
    public async Task Two_headers_are_refused()
    {
        await using var api = await TestApi.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/me");
        request.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {api.Issuer.Mint()}", $"Bearer {api.Issuer.Mint()}"]);

        using var answer = await api.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_address_is_not_looked_at()
    {
        await using var api = await TestApi.StartAsync();

        using var answer = await api.GetAsync($"/me?access_token={api.Issuer.Mint()}");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_learns_that_its_token_was_revoked()
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var token = api.Issuer.Mint(session: session);
        using var before = await api.GetAsync("/me", token);

        api.LearnThatSessionEnded(session);
        using var after = await api.GetAsync("/me", token);

        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"revoked\"", after.Headers.WwwAuthenticate.ToString());
        Assert.Equal("token_revoked", await CodeOfAsync(after));
    }

    [Fact]
    public async Task A_client_learns_that_its_token_has_expired()
    {
        await using var api = await TestApi.StartAsync();
        var token = api.Issuer.Mint();
        api.Clock.Advance(TimeSpan.FromMinutes(6));

        using var answer = await api.GetAsync("/me", token);

        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"expired\"", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_client_learns_nothing_about_what_is_wrong_with_an_invalid_token()
    {
        await using var api = await TestApi.StartAsync();
        var payload = api.Issuer.Payload();
        payload["aud"] = "other";

        using var answer = await api.GetAsync("/me", api.Issuer.Sign(api.Issuer.Header(), payload));

        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"invalid\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var api = await TestApi.StartAsync();

        using var refused = await api.GetAsync("/write", api.Issuer.Mint(scope: "notes:read"));
        using var accepted = await api.GetAsync("/write", api.Issuer.Mint(scope: "notes:write"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"notes:write\"", refused.Headers.WwwAuthenticate.ToString());
        Assert.Equal("insufficient_scope", await CodeOfAsync(refused));
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task An_authenticated_answer_is_not_stored()
    {
        await using var api = await TestApi.StartAsync();

        using var open = await api.GetAsync("/open");
        using var authenticated = await api.GetAsync("/me", api.Issuer.Mint());

        Assert.Null(open.Headers.CacheControl);
        Assert.True(authenticated.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task The_applications_events_are_called_for_an_accepted_token_and_can_still_refuse_it()
    {
        var called = new List<string>();
        await using var api = await TestApi.StartAsync(services: services => services.Configure<JwtBearerOptions>("Bearer", options => options.Events = new JwtBearerEvents
        {
            OnMessageReceived = _ => Note("received"),
            OnTokenValidated = context => context.Principal?.FindFirst("sub")?.Value == "bob" ? Fail(context) : Note("validated"),
        }));

        var accepted = await api.StatusOfAsync(api.Issuer.Mint("alice"));
        var refused = await api.StatusOfAsync(api.Issuer.Mint("bob"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (accepted, refused));
        Assert.Equal(["received", "validated", "received"], called);

        Task Note(string name)
        {
            called.Add(name);
            return Task.CompletedTask;
        }

        static Task Fail(TokenValidatedContext context)
        {
            context.Fail("not bob");
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task The_applications_events_cannot_turn_a_refusal_into_an_acceptance()
    {
        var called = 0;
        await using var api = await TestApi.StartAsync(services: services => services.Configure<JwtBearerOptions>("Bearer", options => options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                called++;
                context.Success();
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context =>
            {
                called++;
                context.Principal = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity("x"));
                context.Success();
                return Task.CompletedTask;
            },
        }));
        var session = TestIssuer.NewSession("alice");
        api.LearnThatSessionEnded(session);

        var status = await api.StatusOfAsync(api.Issuer.Mint(session: session));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Equal(0, called);
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Every_kind_of_entry_denies_what_it_names_and_nothing_else(string kind)
    {
        await using var api = await TestApi.StartAsync();
        var session = TestIssuer.NewSession("alice");
        var payload = api.Issuer.Payload();
        payload["sid"] = session.ToString();
        payload["jti"] = "victim";
        var victim = api.Issuer.Sign(api.Issuer.Header(), payload);
        var other = api.Issuer.Mint("bob", generation: 1_000);
        var before = await api.StatusOfAsync(victim);

        api.Learn(EntryOf(kind, session, api.Issuer.Ring.Current.KeyId, api.Clock.Now));
        var after = await api.StatusOfAsync(victim);
        var others = await api.StatusOfAsync(other);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (before, after));
        Assert.Equal(kind == "key" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, others);
    }

    public static TheoryData<string> Kills => ["family", "user", "token", "key", "all"];

    private static RevocationEntry EntryOf(string kind, SessionId session, string keyId, DateTimeOffset now)
    {
        var until = now + TimeSpan.FromMinutes(20);
        return kind switch
        {
            "family" => new RevocationEntry.Family(session, RevocationReason.Logout, until),
            "user" => new RevocationEntry.User(session.User, new Subject("alice"), UserFloors.All(6), RevocationReason.PasswordChanged, until),
            "token" => new RevocationEntry.Token("victim", RevocationReason.ClientRevoked, until),
            "key" => new RevocationEntry.Key(keyId, RevocationReason.KeyRetired, until),
            _ => new RevocationEntry.All(6, RevocationReason.Administrator, until),
        };
    }

    private static async Task<string?> CodeOfAsync(HttpResponseMessage answer)
    {
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return body.RootElement.GetProperty("code").GetString();
    }
}
