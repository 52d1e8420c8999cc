using System.Net;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ConsoleAccessTests(NotesSite site)
{
    [Fact]
    public async Task The_console_runs_under_a_policy_without_inline_code_and_is_asked_for_anew()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var folder = await http.GetAsync(site.Console);
        using var bare = await http.GetAsync(site.Console.TrimEnd('/'));
        using var script = await http.GetAsync(site.Console + "assets/console.js");
        using var known = new HttpRequestMessage(HttpMethod.Get, site.Console + "assets/console.js");
        known.Headers.IfNoneMatch.Add(script.Headers.ETag!);
        using var again = await http.SendAsync(known);
        using var unknown = await http.GetAsync(site.Console + "assets/nothing.js");

        Assert.Equal(HttpStatusCode.OK, folder.StatusCode);
        Assert.StartsWith(
            "default-src 'none'; script-src 'self'; style-src 'self';",
            Assert.Single(folder.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(folder.Headers.GetValues("X-Content-Type-Options")));
        Assert.DoesNotContain("<script>", await folder.Content.ReadAsStringAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.Redirect, bare.StatusCode);
        Assert.Equal("text/javascript", script.Content.Headers.ContentType?.MediaType);
        Assert.True(script.Headers.CacheControl?.NoCache);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task Who_is_no_administrator_is_told_so_and_sees_nothing()
    {
        await using var browser = await site.OpenBrowserAsync();
        var visitor = site.NextVisitor();
        var console = await ConsolePage.OpenAsync(browser, site);

        await console.Tab.GetByLabel("User name").FillAsync(visitor.Name);
        await console.Tab.GetByLabel("Password").FillAsync(visitor.Password);
        await console.Button("Sign in").ClickAsync();

        await console.SaysAsync("who is not an administrator");
        Assert.Equal(0, await console.Tab.GetByRole(AriaRole.Navigation).CountAsync());
    }

    [Fact]
    public async Task Who_is_an_administrator_in_other_letters_is_one()
    {
        await using var browser = await site.OpenBrowserAsync();
        var console = await ConsolePage.OpenAsync(browser, site);
        var told = string.Empty;
        await console.Tab.RouteAsync("**/auth/me", async route =>
        {
            var answer = await route.FetchAsync();
            told = (await answer.TextAsync()).Replace("""["admin"]""", """["Admin"]""", StringComparison.Ordinal);
            await route.FulfillAsync(new() { Response = answer, Body = told });
        });

        await console.SignInAsync();

        Assert.Contains("""["Admin"]""", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_in_that_is_too_old_is_confirmed_by_the_password_and_the_call_goes_on()
    {
        await using var browser = await site.OpenBrowserAsync();
        var console = await ConsolePage.SignInAsync(browser, site);
        var refused = 0;
        await console.Tab.RouteAsync("**/admin/keys", async route =>
        {
            // What the issuer answers a quarter of an hour after the sign-in.
            if (Interlocked.Increment(ref refused) == 1)
            {
                await route.FulfillAsync(new()
                {
                    Status = 403,
                    ContentType = "application/problem+json",
                    Body = """{"type":"urn:tokenissuer:problem:insufficient_user_authentication","status":403,"code":"insufficient_user_authentication"}""",
                });
                return;
            }

            await route.ContinueAsync();
        });

        await console.GoToAsync("Keys");
        await console.Dialog.GetByLabel("Password").FillAsync(site.Administrator.Password);
        await console.ConfirmAsync("Confirm");

        await console.Tab.GetByRole(AriaRole.Row).Filter(new() { HasText = "signing" }).WaitForAsync();
        Assert.Equal(0, await console.Dialog.CountAsync());
    }

    [Fact]
    public async Task Everything_can_be_reached_and_left_with_the_keyboard()
    {
        await using var browser = await site.OpenBrowserAsync();
        var console = await ConsolePage.OpenAsync(browser, site);
        var keyboard = console.Tab.Keyboard;

        await keyboard.TypeAsync(site.Administrator.Name);
        await keyboard.PressAsync("Tab");
        await keyboard.TypeAsync(site.Administrator.Password);
        await keyboard.PressAsync("Enter");
        await console.HeadingAsync("Overview");
        await TabToAsync(console.Tab, "Emergency");
        await keyboard.PressAsync("Enter");
        await console.HeadingAsync("Emergency");

        // A page that was gone to has the focus on its content, as soon as it is shown.
        await console.Tab.WaitForFunctionAsync("() => document.activeElement?.id === 'content'");
        await TabToAsync(console.Tab, "Revoke everything");
        await keyboard.PressAsync("Enter");
        await console.Dialog.WaitForAsync();
        await keyboard.PressAsync("Escape");
        await console.Dialog.WaitForAsync(new() { State = WaitForSelectorState.Detached });

        await console.Tab.WaitForFunctionAsync("() => document.activeElement?.textContent === 'Revoke everything'");
    }

    private static async Task TabToAsync(IPage tab, string name)
    {
        for (var presses = 0; presses < 30 && await FocusedAsync(tab) != name; presses++)
        {
            await tab.Keyboard.PressAsync("Tab");
        }

        Assert.Equal(name, await FocusedAsync(tab));
    }

    private static Task<string> FocusedAsync(IPage tab) => tab.EvaluateAsync<string>("() => document.activeElement?.textContent ?? ''");
}
