using System.Net;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

/// <summary>Signing out where something is missing: the cookie, or the way to the issuer.</summary>
[Collection(BrowserTests.Name)]
public sealed class SignOutTests(NotesSite site)
{
    [Fact]
    public async Task Without_its_cookie_the_session_ends_by_the_token_that_the_page_holds()
    {
        await using var browser = await site.OpenBrowserAsync();
        var page = await NotesPage.OpenAsync(browser, site);
        var token = page.NextTokenAsync();
        await page.SignInAsync(site.NextVisitor());
        var before = await site.AskApiAsync(await token);

        await browser.ClearCookiesAsync();
        await page.SignOutAsync();
        await page.ShowsSignInAsync();

        Assert.Equal(HttpStatusCode.OK, before);
        await site.UntilApiRefusesAsync(await token);
    }

    [Fact]
    public async Task What_the_issuer_could_not_be_told_is_shown_in_every_tab_and_told_when_the_line_is_back()
    {
        await using var browser = await site.OpenBrowserAsync();
        var page = await NotesPage.OpenAsync(browser, site);
        var token = page.NextTokenAsync();
        await page.SignInAsync(site.NextVisitor());
        var other = await NotesPage.OpenAsync(browser, site);
        await other.ShowsNotesAsync();

        await browser.SetOfflineAsync(true);
        await page.SignOutAsync();
        await page.Tab.GetByText("could not be told yet").WaitForAsync();
        await other.Tab.GetByText("could not be told yet").WaitForAsync();
        var meanwhile = await site.AskApiAsync(await token);
        await browser.SetOfflineAsync(false);

        await site.UntilApiRefusesAsync(await token);
        await Assertions.Expect(page.Tab.GetByText("could not be told yet")).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        await Assertions.Expect(other.Tab.GetByText("could not be told yet")).ToHaveCountAsync(0, new() { Timeout = 120_000 });
        Assert.Equal(HttpStatusCode.OK, meanwhile);
        Assert.Empty(await browser.CookiesAsync());
    }

    [Fact]
    public async Task A_sign_out_that_was_not_stored_ends_the_page_and_comes_before_the_next_sign_in()
    {
        await using var browser = await site.OpenBrowserAsync();
        var page = await NotesPage.OpenAsync(browser, site);
        var token = page.NextTokenAsync();
        await page.SignInAsync(site.NextVisitor());
        var failing = true;
        await page.Tab.RouteAsync("**/auth/logout", route => failing
            ? route.FulfillAsync(new()
            {
                Status = 503,
                Headers = new Dictionary<string, string>
                {
                    ["Retry-After"] = "60",
                    ["Access-Control-Allow-Origin"] = site.Page,
                    ["Access-Control-Allow-Credentials"] = "true",
                    ["Access-Control-Expose-Headers"] = "Retry-After",
                },
            })
            : route.ContinueAsync());
        await page.SignOutAsync();
        await page.Tab.GetByText("could not be told yet").WaitForAsync();

        failing = false;
        await page.SignInAsync(site.NextVisitor());

        await site.UntilApiRefusesAsync(await token);
        await page.AddNoteAsync("the new session is not touched");
    }
}
