using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class CookieTests(NotesSite site)
{
    [Fact]
    public async Task The_browser_keeps_the_refresh_token_away_from_scripts_other_sites_and_other_paths()
    {
        await using var browser = await site.OpenBrowserAsync();
        await NotesPage.SignInAsync(browser, site, site.NextVisitor());

        var cookie = Assert.Single(await browser.CookiesAsync());

        Assert.Equal("__Secure-refresh", cookie.Name);
        Assert.True(cookie.HttpOnly);
        Assert.True(cookie.Secure);
        Assert.Equal(SameSiteAttribute.Strict, cookie.SameSite);
        Assert.Equal("/auth", cookie.Path);
        Assert.Equal(-1, cookie.Expires);
    }

    [Fact]
    public async Task No_script_of_the_page_can_read_the_refresh_token()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var bodies = new ConcurrentQueue<Task<string>>();
        browser.Response += (_, response) => bodies.Enqueue(BodyOfAsync(response));
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var first = Assert.Single(await browser.CookiesAsync()).Value;
        await browser.Clock.FastForwardAsync("06:00");
        await page.AddNoteAsync("after a refresh");
        var second = Assert.Single(await browser.CookiesAsync()).Value;

        var readable = await page.Tab.EvaluateAsync<string>(
            """
            async () => JSON.stringify([
              document.cookie,
              { ...localStorage },
              { ...sessionStorage },
              (await indexedDB.databases()).map(({ name }) => name),
              await caches.keys(),
            ])
            """);
        var said = await Task.WhenAll(bodies);

        Assert.NotEqual(first, second);
        Assert.Equal("""["",{},{},[],[]]""", readable);
        Assert.Contains(said, body => body.Contains("access_token", StringComparison.Ordinal));
        Assert.All(said, body => Assert.DoesNotContain(first, body, StringComparison.Ordinal));
        Assert.All(said, body => Assert.DoesNotContain(second, body, StringComparison.Ordinal));
    }

    private static async Task<string> BodyOfAsync(IResponse response)
    {
        try
        {
            // A stream has no end, and holds no token answer.
            return response.Url.EndsWith("/api/stream", StringComparison.Ordinal) ? string.Empty : await response.TextAsync();
        }
        catch (PlaywrightException)
        {
            // Preflights and empty answers have no body to read.
            return string.Empty;
        }
    }
}
