using System.Collections.Immutable;
using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation;

namespace TokenIssuer.Tests.Validation.Introspection;

/// <summary>How long an API goes on believing what the issuer said of an API token, and what ends that.</summary>
public sealed class VouchedTokenTests
{
    public static TheoryData<string> Cases => [.. s_cases.Keys];

    /// <summary>What the log tells after a token of alice, born with 5, was vouched for; and whether it is refused, believed or asked about.</summary>
    private static readonly Dictionary<string, (string Outcome, Action<TestApi, ApiToken> Happen)> s_cases = new(StringComparer.Ordinal)
    {
        ["nothing"] = ("believed", (_, _) => { }),
        ["it is listed itself"] = ("revoked", (api, token) => api.Learn(Token(api, token.Id.ToString()))),
        ["another token is listed"] = ("believed", (api, _) => api.Learn(Token(api, ApiTokenId.New(TestIssuer.KeyOf("alice")).ToString()))),
        ["its owner's API floor rises above it"] = ("revoked", (api, _) => api.Learn(User(api, "alice", new UserFloors(6, 6, 6)))),
        ["its owner's API floor rises up to it"] = ("believed", (api, _) => api.Learn(User(api, "alice", new UserFloors(0, 0, 5)))),
        ["its owner's generation rises"] = ("asked about", (api, _) => api.Learn(User(api, "alice", new UserFloors(6, 0, 0)))),
        ["its owner's sessions end"] = ("asked about", (api, _) => api.Learn(User(api, "alice", new UserFloors(6, 6, 0)))),
        ["another user's API floor rises"] = ("believed", (api, _) => api.Learn(User(api, "bob", new UserFloors(6, 6, 6)))),
        ["everything below a higher generation dies"] = ("revoked", (api, _) => api.Learn(new RevocationEntry.All(6, RevocationReason.Administrator, Until(api)))),
        ["a session of its owner ends"] = ("believed", (api, _) => api.LearnThatSessionEnded(TestIssuer.NewSession("alice"))),
        ["a key is retired"] = ("believed", (api, _) => api.Learn(new RevocationEntry.Key(api.Issuer.Ring.Current.KeyId, RevocationReason.KeyRetired, Until(api)))),
        ["the log is followed on"] = ("believed", (api, _) => api.Denylist.Merge(FakeFeed.Heartbeat())),
        ["a snapshot comes"] = ("asked about", (api, _) => api.Denylist.Merge(FakeFeed.Heartbeat() with { IsSnapshot = true })),
        ["the epoch is another"] = ("asked about", (api, _) => api.Denylist.Merge(FakeFeed.Heartbeat() with { Cursor = Cursor("AAAAAAAAAAAAAAAAAAAAAA", 2) })),
        ["the store is another"] = ("asked about", (api, _) => api.Denylist.Merge(FakeFeed.Heartbeat() with { Cursor = Cursor("BBBBBBBBBBBBBBBBBBBBBB", 1) })),
        ["the log falls silent for too long"] = ("asked about", (api, _) => Pause(api, 31)),
        ["the log falls silent for less"] = ("believed", (api, _) => Pause(api, 29)),
        ["the issuer's own view is too old for a while"] = ("asked about", (api, _) => BeBlindForAWhile(api)),
        ["almost an access-token lifetime passes"] = ("believed", (api, _) => Pass(api, 299)),
        ["an access-token lifetime passes"] = ("asked about", (api, _) => Pass(api, 300)),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_believed_asked_about_or_refused(string name)
    {
        var (outcome, happen) = s_cases[name];
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (token, _) = desk.Issue();
        var before = await api.StatusOfAsync(token.Reveal());

        happen(api, token);
        using var after = await api.GetAsync("/me", token.Reveal());

        Assert.Equal(HttpStatusCode.OK, before);
        var (status, calls, challenge) = outcome switch
        {
            "believed" => (HttpStatusCode.OK, 1, string.Empty),
            "asked about" => (HttpStatusCode.OK, 2, string.Empty),
            _ => (HttpStatusCode.Unauthorized, 1, "Bearer error=\"invalid_token\", error_description=\"revoked\""),
        };
        Assert.Equal((status, calls, challenge), (after.StatusCode, desk.Calls, after.Headers.WwwAuthenticate.ToString()));
    }

    [Fact]
    public async Task New_roles_count_as_soon_as_the_log_tells_of_them()
    {
        await using var api = await TestApi.StartAsync(map: app => app.MapGet("/roles", (ClaimsPrincipal user) => user.FindFirst("roles")?.Value).RequireAuthorization());
        var desk = new IntrospectionDesk(api);
        var (token, answer) = desk.Issue();
        using var before = await api.GetAsync("/roles", token.Reveal());

        answer["roles"] = new JsonArray("reader");
        api.Learn(User(api, "alice", new UserFloors(6, 0, 0)));
        using var after = await api.GetAsync("/roles", token.Reveal());

        Assert.Equal("editor", await before.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("reader", await after.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_the_log_tells_while_the_issuer_is_asked_counts_for_the_answer()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var ((killed, _), (raised, _)) = (desk.Issue(), desk.Issue("bob"));
        var stall = new TaskCompletionSource();
        desk.Stall = stall.Task;

        var (first, second) = (api.StatusOfAsync(killed.Reveal()), api.StatusOfAsync(raised.Reveal()));
        await Redis.Eventually.TrueAsync(() => desk.Calls == 2, TimeSpan.FromSeconds(30));
        api.Learn(Token(api, killed.Id.ToString()));
        api.Learn(User(api, "bob", new UserFloors(6, 6, 0)));
        stall.SetResult();

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await first, await second));
        Assert.Equal(3, desk.Calls);
    }

    [Fact]
    public async Task Nothing_is_believed_past_its_expiry()
    {
        await using var api = await TestApi.StartAsync();
        var desk = new IntrospectionDesk(api);
        var (token, _) = desk.Issue(lifetime: TimeSpan.FromSeconds(60));
        var first = await api.StatusOfAsync(token.Reveal());
        Pass(api, 59);
        var last = await api.StatusOfAsync(token.Reveal());

        Pass(api, 1);
        using var after = await api.GetAsync("/me", token.Reveal());

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (first, last, after.StatusCode));
        Assert.Equal("Bearer error=\"invalid_token\", error_description=\"expired\"", after.Headers.WwwAuthenticate.ToString());
        Assert.Equal(1, desk.Calls);
    }

    [Theory]
    [InlineData("nothing", false)]
    [InlineData("a session of its owner ends", false)]
    [InlineData("a snapshot comes", false)]
    [InlineData("it is listed itself", true)]
    [InlineData("its owner's API floor rises above it", true)]
    [InlineData("everything below a higher generation dies", true)]
    [InlineData("its owner's generation rises", true)]
    public async Task Work_on_its_behalf_ends_with_it_and_starts_over_when_its_owner_changes(string name, bool ends)
    {
        ClaimsPrincipal? principal = null;
        await using var api = await TestApi.StartAsync(map: app => app.MapGet("/job", (ClaimsPrincipal user) => { principal = user; }).RequireAuthorization());
        var desk = new IntrospectionDesk(api);
        var (token, _) = desk.Issue();
        await api.StatusOfAsync(token.Reveal(), "/job");
        using var lease = api.Services.GetRequiredService<TokenLeases>().Take(Assert.IsType<ClaimsPrincipal>(principal));
        var before = lease.Ended.IsCancellationRequested;

        s_cases[name].Happen(api, token);

        Assert.False(before);
        if (ends)
        {
            await Redis.Eventually.TrueAsync(() => lease.Ended.IsCancellationRequested, TimeSpan.FromSeconds(30));
        }
        else
        {
            Pass(api, 2);
            Assert.False(lease.Ended.IsCancellationRequested);
        }
    }

    [Fact]
    public async Task Work_on_its_behalf_ends_when_it_expires()
    {
        ClaimsPrincipal? principal = null;
        await using var api = await TestApi.StartAsync(map: app => app.MapGet("/job", (ClaimsPrincipal user) => { principal = user; }).RequireAuthorization());
        var desk = new IntrospectionDesk(api);
        await api.StatusOfAsync(desk.Issue(lifetime: TimeSpan.FromSeconds(60)).Token.Reveal(), "/job");
        using var lease = api.Services.GetRequiredService<TokenLeases>().Take(Assert.IsType<ClaimsPrincipal>(principal));

        Pass(api, 59);
        var before = lease.Ended.IsCancellationRequested;
        Pass(api, 13);

        Assert.False(before);
        await Redis.Eventually.TrueAsync(() => lease.Ended.IsCancellationRequested, TimeSpan.FromSeconds(30));
    }

    private static DateTimeOffset Until(TestApi api) => api.Clock.Now + TimeSpan.FromMinutes(20);

    private static RevocationEntry.Token Token(TestApi api, string id) => new(id, RevocationReason.EndedByUser, Until(api));

    private static RevocationEntry.User User(TestApi api, string user, UserFloors floors)
        => new(TestIssuer.KeyOf(user), new Subject(user), floors, RevocationReason.RolesChanged, Until(api));

    private static LogCursor Cursor(string store, long epoch) => new(store, epoch, ImmutableArray.Create(new LogPosition(0)));

    private static void Pause(TestApi api, int seconds)
    {
        api.Clock.Advance(TimeSpan.FromSeconds(seconds));
        api.Denylist.Merge(FakeFeed.Heartbeat());
    }

    private static void BeBlindForAWhile(TestApi api)
    {
        api.Denylist.Merge(FakeFeed.Heartbeat(TimeSpan.FromSeconds(31)));
        api.Denylist.Merge(FakeFeed.Heartbeat());
    }

    /// <summary>Lets time pass with a replica that stays fresh.</summary>
    private static void Pass(TestApi api, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            Pause(api, 1);
        }
    }
}
