using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class IdleTests(NotesSite site)
{
    [Fact]
    public async Task Who_is_away_is_warned_a_minute_before_the_end_and_may_stay()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var stay = page.Tab.GetByRole(AriaRole.Button, new() { Name = "Stay signed in" });

        await page.LeaveForAsync("27:00");
        Assert.Equal(0, await stay.CountAsync());
        await browser.Clock.FastForwardAsync("02:05");
        await stay.WaitForAsync();
        await stay.ClickAsync();

        await stay.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await page.AddNoteAsync("still here");
    }

    [Fact]
    public async Task Who_stays_away_is_signed_out_and_told_why()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        await page.Connected.WaitForAsync();
        // The issuer's clock is not the page's: what it would answer after half an hour is said in its place.
        await page.LeaveForAsync("28:30");
        await page.Tab.RouteAsync("**/auth/refresh", route => route.FulfillAsync(new()
        {
            Status = 400,
            ContentType = "application/json",
            Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = site.Page, ["Access-Control-Allow-Credentials"] = "true" },
            Body = """{"error":"invalid_grant"}""",
        }));

        await browser.Clock.FastForwardAsync("02:00");

        await page.Tab.GetByText("You were signed out because nobody was here for a while.").WaitForAsync();
    }
}
