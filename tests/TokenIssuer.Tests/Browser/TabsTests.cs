using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class TabsTests(NotesSite site)
{
    [Fact]
    public async Task Five_tabs_whose_token_has_expired_refresh_once_and_nobody_is_signed_out()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        await LetTabsTakeTheirTimeAsync(browser);
        var tabs = new List<NotesPage> { await NotesPage.SignInAsync(browser, site, site.NextVisitor()) };
        while (tabs.Count < 5)
        {
            tabs.Add(await NotesPage.OpenAsync(browser, site));
            await tabs[^1].ShowsNotesAsync();
        }

        var refreshes = NotesPage.RefreshesOf(browser);
        await browser.Clock.FastForwardAsync("06:00");
        await Task.WhenAll(tabs.Select((tab, index) => tab.AddNoteAsync($"from tab {index}")));

        Assert.Single(refreshes);
        Assert.All(refreshes, status => Assert.Equal(200, status));
    }

    [Fact]
    public async Task Signing_out_in_one_tab_signs_out_all_of_them_within_a_second()
    {
        await using var browser = await site.OpenBrowserAsync();
        var first = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var others = new List<NotesPage>();
        while (others.Count < 4)
        {
            others.Add(await NotesPage.OpenAsync(browser, site));
            await others[^1].ShowsNotesAsync();
        }

        // The time between the first tab's sign-in form and the other's, by one clock: that of the browser.
        var appearances = others.Select(tab => AppearanceOfSignInAsync(tab)).ToList();
        var own = AppearanceOfSignInAsync(first);
        await first.SignOutAsync();
        var all = await Task.WhenAll(appearances);

        var signedOut = await own;
        Assert.All(all, other => Assert.True(other - signedOut < 1_000, $"{other - signedOut} ms"));
    }

    [Fact]
    public async Task A_new_tab_takes_the_token_from_an_open_one_instead_of_refreshing()
    {
        await using var browser = await site.OpenBrowserAsync();
        await LetTabsTakeTheirTimeAsync(browser);
        await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var refreshes = NotesPage.RefreshesOf(browser);

        var second = await NotesPage.OpenAsync(browser, site);
        await second.ShowsNotesAsync();
        await second.AddNoteAsync("from the second");

        Assert.Empty(refreshes);
    }

    /// <summary>
    /// A tab waits 50 ms for the others before it asks the issuer, which is plenty except on a machine that has no time for
    /// them: there the promise is tested, not the machine.
    /// </summary>
    private static async Task LetTabsTakeTheirTimeAsync(IBrowserContext browser) => await browser.AddInitScriptAsync(
        """
        {
          const { setTimeout } = globalThis;
          globalThis.setTimeout = (run, ms, ...more) => setTimeout(run, ms === 50 ? 5_000 : ms, ...more);
        }
        """);

    private static Task<double> AppearanceOfSignInAsync(NotesPage page) => page.Tab.EvaluateAsync<double>(
        """
        () => new Promise(appeared => {
          const look = () => document.querySelector('main.narrow form') && appeared(Date.now());
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
        })
        """);
}
