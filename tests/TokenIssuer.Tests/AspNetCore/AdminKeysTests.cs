using System.Net;
using Microsoft.Extensions.Options;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class AdminKeysTests
{
    [Fact]
    public async Task Rotation_waits_until_the_next_key_was_public_long_enough()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var before = Phases(await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken)));

        var early = await host.PostAsync("/admin/keys/rotate", Calls.Bearer(admin.AccessToken));

        Assert.Equal(["signing", "announced"], before);
        Assert.Equal(HttpStatusCode.Accepted, early.Status);
        Assert.Equal(TimeSpan.FromHours(24), early.Json.GetProperty("signs_from").GetDateTimeOffset() - host.Clock.Now);
    }

    [Fact]
    public async Task Rotation_promotes_the_announced_key_and_harms_no_token()
    {
        await using var host = await IssuerHost.StartAsync(new IssuerSetup { Options = options => options.Keys.AnnounceFor = TimeSpan.Zero });
        var admin = await host.LogInAsAdminAsync();
        var announced = KeyIds(await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken)))[1];

        var rotated = await host.PostAsync("/admin/keys/rotate", Calls.Bearer(admin.AccessToken));
        var after = await host.LogInForBodyAsync();

        Assert.Equal(HttpStatusCode.OK, rotated.Status);
        Assert.Equal(["retiring", "signing", "announced"], Phases(rotated));
        Assert.Equal(announced, JwtText.Header(after.AccessToken).GetProperty("kid").GetString());
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken))).Status);
    }

    [Fact]
    public async Task Retiring_a_key_kills_what_it_signed_and_nothing_else()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var alice = await host.LogInForBodyAsync();
        var signing = KeyIds(await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken)))[0];

        var retired = await host.PostAsync($"/admin/keys/{signing}/retire", Calls.Bearer(admin.AccessToken));
        var jwks = await host.GetAsync("/.well-known/jwks.json");
        var dead = await host.GetAsync("/auth/me", Calls.Bearer(alice.AccessToken));
        var refreshed = await host.RefreshByBodyAsync(alice.RefreshToken);

        Assert.Equal(HttpStatusCode.OK, retired.Status);
        Assert.DoesNotContain(signing, jwks.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, dead.Status);
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer(refreshed.AccessToken))).Status);
    }

    [Fact]
    public async Task The_last_of_deployed_keys_is_retired_by_no_address()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var keys = KeyIds(await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken)));
        host.Get<IOptions<TokenIssuerOptions>>().Value.Keys.Generate = false;
        var announced = await host.PostJsonAsync("/admin/revocations", $$"""{"key":"{{keys[1]}}"}""", Calls.Bearer(admin.AccessToken));

        var retired = await host.PostAsync($"/admin/keys/{keys[0]}/retire", Calls.Bearer(admin.AccessToken));
        var revoked = await host.PostJsonAsync("/admin/revocations", $$"""{"key":"{{keys[0]}}"}""", Calls.Bearer(admin.AccessToken));

        Assert.Equal(HttpStatusCode.OK, announced.Status);
        Assert.Equal(("keys_are_deployed", "keys_are_deployed"), (retired.Code, revoked.Code));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/auth/me", Calls.Bearer((await host.LogInForBodyAsync()).AccessToken))).Status);
    }

    [Fact]
    public async Task Nothing_is_signed_with_the_only_key_there_is_once_the_log_has_called_it_revoked()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();
        var keys = KeyIds(await host.GetAsync("/admin/keys", Calls.Bearer(admin.AccessToken)));
        host.Get<IOptions<TokenIssuerOptions>>().Value.Keys.Generate = false;
        await host.PostJsonAsync("/admin/revocations", $$"""{"key":"{{keys[1]}}"}""", Calls.Bearer(admin.AccessToken));

        await host.Get<TokenAuthority>().RevokeAsync(new RevocationTarget.Key(host.Get<KeyRing>().Current.KeyId), RevocationReason.KeyRetired, TestContext.Current.CancellationToken);
        var login = await host.LogInForBodyAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "temporarily_unavailable"), (login.Status, login.Code));
    }

    [Fact]
    public async Task An_unknown_key_is_not_found()
    {
        await using var host = await IssuerHost.StartAsync();
        var admin = await host.LogInAsAdminAsync();

        var answer = await host.PostAsync("/admin/keys/no-key/retire", Calls.Bearer(admin.AccessToken));

        Assert.Equal((HttpStatusCode.NotFound, "not_found"), (answer.Status, answer.Code));
    }

    private static string[] Phases(Answer answer)
        => [.. answer.Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("phase").GetString() ?? string.Empty)];

    private static string[] KeyIds(Answer answer)
        => [.. answer.Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString() ?? string.Empty)];
}
