using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed partial class LabTests(NotesSite site)
{
    [Theory]
    [InlineData("Steal and replay a refresh token")]
    [InlineData("Refresh after logout")]
    [InlineData("Keep an access token after a password change")]
    [InlineData("Fix a session")]
    public async Task Each_attack_ends_with_the_thief_refused(string title)
    {
        await using var browser = await site.OpenBrowserAsync();
        var lab = await OpenAsync(browser);
        var attack = lab.GetByRole(AriaRole.Region, new() { Name = title });

        var outcome = await PlayAsync(attack);

        Assert.StartsWith("The thief is refused.", outcome, StringComparison.Ordinal);
        Assert.Matches(Reached(), await attack.Locator(".facts").InnerTextAsync());
        Assert.Contains("dead", await attack.Locator(".facts").InnerTextAsync(), StringComparison.Ordinal);
        Assert.NotEqual(0, await attack.Locator(".thief .answer").Filter(new() { HasText = "200 accepted" }).CountAsync());
        Assert.Equal(0, await attack.Locator(".surprising").CountAsync());
    }

    /// <summary>The lab is no film: an issuer that lets the thief in is found out.</summary>
    [Fact]
    public async Task A_thief_who_gets_in_is_not_passed_over()
    {
        await using var browser = await site.OpenBrowserAsync();
        var lab = await OpenAsync(browser);
        var attack = lab.GetByRole(AriaRole.Region, new() { Name = "Refresh after logout" });
        await lab.RouteAsync("**/auth/refresh", route => route.FulfillAsync(new() { Status = 200, ContentType = "application/json", Body = "{}" }));

        var outcome = await PlayAsync(attack);

        Assert.StartsWith("Not as it should be: “Refreshes with the stolen refresh token” was answered 200", outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task The_lab_is_open_to_everybody(ColorScheme scheme, int width)
    {
        await using var browser = await site.OpenBrowserAsync(scheme, width);
        var lab = await OpenAsync(browser);
        await Screens.CheckAsync(lab, $"lab-{scheme}".ToLowerInvariant());

        await lab.GetByRole(AriaRole.Button, new() { Name = "Play all" }).ClickAsync();
        await Assertions.Expect(lab.GetByText("The thief is refused.")).ToHaveCountAsync(4, new() { Timeout = 120_000 });

        await Screens.CheckAsync(lab, $"lab-played-{scheme}".ToLowerInvariant());
    }

    [Fact]
    public async Task Without_the_api_the_lab_says_so_and_waits_for_it()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.RouteAsync($"{site.Api}/**", route => route.AbortAsync("connectionrefused"));
        var lab = await browser.NewPageAsync();
        await lab.GotoAsync(site.Lab);

        await lab.GetByText($"NotesApi is not running at {site.Api}.").WaitForAsync();
        Assert.True(await lab.GetByRole(AriaRole.Button, new() { Name = "Play all" }).IsDisabledAsync());
        await Screens.CheckAsync(lab, "lab-without-api-light");
        await browser.UnrouteAllAsync();

        await Assertions.Expect(lab.GetByRole(AriaRole.Button, new() { Name = "Play all" })).ToBeEnabledAsync(new() { Timeout = 120_000 });
        Assert.Equal(0, await lab.GetByText("NotesApi is not running").Filter(new() { Visible = true }).CountAsync());
    }

    [Fact]
    public async Task There_is_no_lab_outside_Development()
    {
        using var files = new IssuerSite(
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("TokenIssuer:Issuer", "https://issuer.example"),
            ("TokenIssuer:Keys:Generate", "true"),
            ("ForwardedHeaders:KnownProxies:0", "127.0.0.1"),
            ("Users:Seed:0:Username", "carol"),
            ("Users:Seed:0:Password", "words nobody guesses"));
        await using var production = await IssuerProcess.StartAsync(files);
        production.Client.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");

        Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(production, "/admin/"));
        foreach (var path in new[] { "/lab", "/lab/", "/lab/place.json", "/lab/assets/lab.js" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusOfAsync(production, path));
            Assert.Equal(HttpStatusCode.OK, await StatusOfAsync(site.Client, path));
        }
    }

    [Fact]
    public async Task The_lab_runs_under_a_policy_without_inline_code_and_calls_nobody_but_the_api()
    {
        using var answer = await site.Client.Http.GetAsync("/lab/", TestContext.Current.CancellationToken);

        Assert.Equal(
            $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {site.Api}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    private async Task<IPage> OpenAsync(IBrowserContext browser)
    {
        var lab = await browser.NewPageAsync();
        await lab.GotoAsync(site.Lab);
        await Assertions.Expect(lab.GetByRole(AriaRole.Button, new() { Name = "Play all" })).ToBeEnabledAsync(new() { Timeout = 120_000 });
        return lab;
    }

    private static async Task<string> PlayAsync(ILocator attack)
    {
        await attack.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        var outcome = attack.Locator(".outcome.notice");
        await outcome.WaitForAsync();
        return await outcome.InnerTextAsync();
    }

    private static Task<HttpStatusCode> StatusOfAsync(IssuerProcess issuer, string path) => StatusOfAsync(issuer.Client, path);

    private static async Task<HttpStatusCode> StatusOfAsync(IssuerClient client, string path)
    {
        using var answer = await client.Http.GetAsync(path);
        return answer.StatusCode;
    }

    [GeneratedRegex(@"\d+ ms after the answer that killed")]
    private static partial Regex Reached();
}
