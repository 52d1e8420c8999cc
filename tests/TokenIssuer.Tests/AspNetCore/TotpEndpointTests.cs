using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Tests.Server;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Enrolling, replacing and removing an authenticator app, with the directory of the server.</summary>
public sealed class TotpEndpointTests
{
    private const string Password = DirectoryUnderTest.AlicesPassword;
    private const string PasswordJson = $$"""{"current_password":"{{Password}}"}""";

    private readonly IAuditTrail _trail = Substitute.For<IAuditTrail>();

    public static TheoryData<string, string> Bodies { get; } = new()
    {
        { "POST", "" },
        { "POST", "{}" },
        { "POST", "[]" },
        { "POST", "{" },
        { "POST", """{"current_password":""}""" },
        { "POST", """{"current_password":1}""" },
        { "POST", """{"current_password":["a"]}""" },
        { "POST", """{"current_password":"a","otp":123456}""" },
        { "POST", """{"current_password":"a","current_password":"b"}""" },
        { "POST", $$"""{"current_password":"a","otp":"{{new string('1', 33)}}"}""" },
        { "POST", $$"""{"current_password":"{{new string('a', 1025)}}"}""" },
        { "POST /confirm", "{}" },
        { "POST /confirm", """{"otp":""}""" },
        { "POST /confirm", """{"otp":123456}""" },
        { "POST /confirm", """{"otp":null}""" },
        { "DELETE", "{}" },
        { "DELETE", PasswordJson },
        { "DELETE", """{"otp":"123456"}""" },
        { "DELETE", """{"current_password":{},"otp":"123456"}""" },
    };

    [Fact]
    public async Task Begun_with_the_password_and_confirmed_with_a_code_it_is_asked_for_at_the_next_login()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var login = await host.LogInForBodyAsync("alice", Password);
        var begun = await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken));
        var secret = begun.Json.GetProperty("secret").GetString();
        var whilePending = await host.LogInForBodyAsync("alice", Password);

        var confirmed = await ConfirmAsync(host, login, Totp.CodeOf(secret, directory.Clock.Now));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.NoContent), (begun.Status, whilePending.Status, confirmed.Status));
        Assert.Equal(["no-store"], begun.Header("Cache-Control"));
        Assert.Matches("^[A-Z2-7]{32}$", secret);
        Assert.Equal(
            $"otpauth://totp/issuer.example:alice?secret={secret}&issuer=issuer.example&algorithm=SHA1&digits=6&period=30",
            begun.Json.GetProperty("otpauth_uri").GetString());
        Assert.Equal("mfa_required", (await host.LogInForBodyAsync("alice", Password)).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Contains(AuditEventType.SecondFactorEnabled, Written());
        directory.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.OK, (await LogInAsync(host, Totp.CodeOf(secret, directory.Clock.Now))).Status);
    }

    [Fact]
    public async Task A_wrong_password_begins_nothing_and_is_counted()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var login = await host.LogInForBodyAsync("alice", Password);
        for (var i = 0; i < 3; i++)
        {
            var wrong = await host.PostJsonAsync("/auth/totp", """{"current_password":"wrong password"}""", Calls.Bearer(login.AccessToken));
            Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (wrong.Status, wrong.Code));
        }

        var locked = await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken));
        var confirmed = await ConfirmAsync(host, login, "123456");
        directory.Clock.Advance(TimeSpan.FromMinutes(1));
        var afterwards = await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken));

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (locked.Status, locked.Code));
        Assert.Equal(4, Written().Count(type => type == AuditEventType.LoginRefused));
        Assert.Equal((HttpStatusCode.Conflict, "totp_not_begun"), (confirmed.Status, confirmed.Code));
        Assert.Equal(HttpStatusCode.OK, afterwards.Status);
    }

    [Fact]
    public async Task A_wrong_code_confirms_nothing()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var login = await host.LogInForBodyAsync("alice", Password);
        await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken));

        var wrong = await ConfirmAsync(host, login, "no code");

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (wrong.Status, wrong.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync("alice", Password)).Status);
    }

    [Fact]
    public async Task Whoever_has_one_needs_its_code_to_replace_it_and_all_that_was_minted_before_is_dead()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var (login, old) = await EnrolAsync(directory, host);
        var without = await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken));
        var wrong = await host.PostJsonAsync("/auth/totp", ProofJson("no code"), Calls.Bearer(login.AccessToken));
        var begun = await host.PostJsonAsync("/auth/totp", ProofJson(Totp.CodeOf(old, directory.Clock.Now)), Calls.Bearer(login.AccessToken));

        var confirmed = await ConfirmAsync(host, login, Totp.CodeOf(begun.Json.GetProperty("secret").GetString(), directory.Clock.Now));

        Assert.Equal((HttpStatusCode.Forbidden, "mfa_required"), (without.Status, without.Code));
        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (wrong.Status, wrong.Code));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (begun.Status, confirmed.Status));
        await AssertDeadAsync(host, login);
    }

    [Fact]
    public async Task Removed_with_password_and_code_it_is_gone_and_so_is_all_that_was_minted_before()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var (login, secret) = await EnrolAsync(directory, host);
        var admin = await host.LogInForBodyAsync("admin", "four random words here");
        var wrongPassword = await RemoveAsync(host, login, $$"""{"current_password":"wrong","otp":"{{Totp.CodeOf(secret, directory.Clock.Now)}}"}""");
        var code = Totp.CodeOf(secret, directory.Clock.Now);
        await LogInAsync(host, code);
        var replayed = await RemoveAsync(host, login, ProofJson(code));
        directory.Clock.Advance(TimeSpan.FromSeconds(30));

        var removed = await RemoveAsync(host, login, ProofJson(Totp.CodeOf(secret, directory.Clock.Now)));

        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (wrongPassword.Status, wrongPassword.Code));
        Assert.Equal((HttpStatusCode.Forbidden, "invalid_credentials"), (replayed.Status, replayed.Code));
        Assert.Equal(HttpStatusCode.NoContent, removed.Status);
        Assert.Equal(AuditEventType.SecondFactorReset, Written().Last());
        await AssertDeadAsync(host, login);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(admin.AccessToken))).Status);
        var again = await host.LogInForBodyAsync("alice", Password);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await RemoveAsync(host, again, ProofJson("123456"))).Status);
    }

    [Fact]
    public async Task An_administrator_resets_it_for_whoever_has_lost_the_device()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var (login, _) = await EnrolAsync(directory, host);
        var admin = await host.LogInForBodyAsync("admin", "four random words here");
        var alice = JwtText.Payload(login.AccessToken).GetProperty("sub").GetString();
        var byUser = await host.PostAsync($"/admin/users/{alice}/totp/reset", Calls.Bearer(login.AccessToken));
        var unknown = await host.PostAsync("/admin/users/nobody/totp/reset", Calls.Bearer(admin.AccessToken));

        var reset = await host.PostAsync($"/admin/users/{alice}/totp/reset", Calls.Bearer(admin.AccessToken));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.NoContent), (byUser.Status, unknown.Status, reset.Status));
        await AssertDeadAsync(host, login);
        Assert.Equal(HttpStatusCode.OK, (await host.LogInForBodyAsync("alice", Password)).Status);
    }

    [Fact]
    public async Task A_deleted_user_is_gone_with_all_tokens()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var login = await host.LogInForBodyAsync("alice", Password);
        var admin = await host.LogInForBodyAsync("admin", "four random words here");
        var alice = $"/admin/users/{JwtText.Payload(login.AccessToken).GetProperty("sub").GetString()}";

        var deleted = await host.SendAsync(HttpMethod.Delete, alice, null, Calls.Bearer(admin.AccessToken));
        var again = await host.SendAsync(HttpMethod.Delete, alice, null, Calls.Bearer(admin.AccessToken));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (deleted.Status, again.Status));
        await AssertDeadAsync(host, login);
        Assert.Equal("invalid_credentials", (await host.LogInForBodyAsync("alice", Password)).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync(alice, Calls.Bearer(admin.AccessToken))).Status);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_is_none_is_an_invalid_request(string what, string json)
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        var login = await host.LogInForBodyAsync("alice", Password);
        var parts = what.Split(' ');

        var answer = await host.SendAsync(
            new HttpMethod(parts[0]), "/auth/totp" + (parts.Length > 1 ? parts[1] : string.Empty),
            new StringContent(json, Encoding.UTF8, "application/json"), Calls.Bearer(login.AccessToken));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Too_much_another_media_type_and_another_bearer_are_refused()
    {
        await using var directory = await DirectoryUnderTest.StartAsync();
        await using var host = await StartAsync(directory);
        await using var elsewhere = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync("alice", Password);
        var apiToken = (await ApiTokenCalls.CreateAsync(host, login)).Json.GetProperty("token").GetString();
        var foreign = await elsewhere.LogInForBodyAsync();

        foreach (var (method, path) in new[] { ("POST", "/auth/totp"), ("POST", "/auth/totp/confirm"), ("DELETE", "/auth/totp") })
        {
            var tooLarge = await SendAsync(new string(' ', 16 * 1024) + PasswordJson, "application/json", login.AccessToken);
            var text = await SendAsync(ProofJson("123456"), "text/plain", login.AccessToken);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType), (tooLarge.Status, text.Status));
            foreach (var bearer in new[] { apiToken, foreign.AccessToken, login.RefreshToken, "x" })
            {
                Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(ProofJson("123456"), "application/json", bearer)).Status);
            }

            Task<Answer> SendAsync(string body, string mediaType, string? bearer) => host.SendAsync(
                new HttpMethod(method), path, new StringContent(body, Encoding.UTF8, mediaType), Calls.Bearer(bearer ?? string.Empty));
        }

        Assert.Equal(HttpStatusCode.OK, (await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken))).Status);
    }

    [Fact]
    public async Task A_host_without_second_factors_has_no_such_address()
    {
        await using var host = await IssuerHost.StartAsync();
        var login = await host.LogInForBodyAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken))).Status);
    }

    private static string ProofJson(string code) => $$"""{"current_password":"{{Password}}","otp":"{{code}}"}""";

    private static Task<Answer> ConfirmAsync(IssuerHost host, Answer login, string code)
        => host.PostJsonAsync("/auth/totp/confirm", $$"""{"otp":"{{code}}"}""", Calls.Bearer(login.AccessToken));

    private static Task<Answer> RemoveAsync(IssuerHost host, Answer login, string json)
        => host.SendAsync(HttpMethod.Delete, "/auth/totp", new StringContent(json, Encoding.UTF8, "application/json"), Calls.Bearer(login.AccessToken));

    private static Task<Answer> LogInAsync(IssuerHost host, string code)
        => host.PostJsonAsync("/auth/login", $$"""{"username":"alice","password":"{{Password}}","otp":"{{code}}","delivery":"body"}""");

    /// <summary>Alice signs in and enrols; the code of the next moment is unused.</summary>
    private static async Task<(Answer Login, string Secret)> EnrolAsync(DirectoryUnderTest directory, IssuerHost host)
    {
        var login = await host.LogInForBodyAsync("alice", Password);
        var begun = await host.PostJsonAsync("/auth/totp", PasswordJson, Calls.Bearer(login.AccessToken));
        var secret = begun.Json.GetProperty("secret").GetString() ?? string.Empty;
        Assert.Equal(HttpStatusCode.NoContent, (await ConfirmAsync(host, login, Totp.CodeOf(secret, directory.Clock.Now))).Status);
        directory.Clock.Advance(TimeSpan.FromSeconds(30));
        return (login, secret);
    }

    private static async Task AssertDeadAsync(IssuerHost host, Answer login)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/auth/me", Calls.Bearer(login.AccessToken))).Status);
        Assert.Equal("invalid_grant", (await host.RefreshByBodyAsync(login.RefreshToken)).Code);
    }

    private IEnumerable<AuditEventType> Written()
        => _trail.ReceivedCalls().Select(call => call.GetArguments()[0]).OfType<AuditEvent>().Select(written => written.Type);

    private Task<IssuerHost> StartAsync(DirectoryUnderTest directory) => IssuerHost.StartAsync(new IssuerSetup
    {
        Services = services =>
        {
            services.AddSingleton(directory.Users);
            services.AddSingleton(directory.SecondFactors);
            services.AddSingleton(directory.Administration);
            services.AddSingleton(_trail);
        },
    });
}
