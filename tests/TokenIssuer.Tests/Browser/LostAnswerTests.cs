namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class LostAnswerTests(NotesSite site)
{
    [Fact]
    public async Task A_refresh_whose_answer_is_lost_costs_nobody_the_session()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var keys = new List<string>();
        var rotated = 0;
        await page.Tab.RouteAsync("**/auth/refresh", async route =>
        {
            keys.Add(route.Request.Headers["idempotency-key"]);
            if (keys.Count > 1)
            {
                await route.ContinueAsync();
                return;
            }

            // The issuer rotates; the line breaks before the answer is here.
            var answer = await route.FetchAsync();
            rotated = answer.Status;
            await route.AbortAsync("connectionreset");
        });

        // The client is not told to try again; it does, and the issuer gives the successor that was on its way.
        await page.Tab.RunAndWaitForResponseAsync(
            () => browser.Clock.FastForwardAsync("06:00"),
            answer => answer.Status == 200 && answer.Url.EndsWith("/auth/refresh", StringComparison.Ordinal));
        await page.AddNoteAsync("kept");

        Assert.Equal(200, rotated);
        Assert.True(keys.Count >= 2, "the refresh was tried again");
        Assert.Single(keys.Distinct());
    }
}
