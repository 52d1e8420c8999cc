using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

/// <summary>What real browsers do to a session; the client's own tests play the same with a fake browser and every variation.</summary>
[Collection(BrowserTests.Name)]
public sealed class SurroundingsTests(NotesSite site)
{
    [Fact]
    public async Task Without_web_locks_each_tab_refreshes_for_itself_and_nobody_is_signed_out()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.AddInitScriptAsync("delete Navigator.prototype.locks");
        await browser.Clock.InstallAsync();
        var first = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var second = await NotesPage.OpenAsync(browser, site);
        await second.ShowsNotesAsync();
        var hasLocks = await first.Tab.EvaluateAsync<bool>("() => 'locks' in navigator");
        var refreshes = NotesPage.RefreshesOf(browser);

        await browser.Clock.FastForwardAsync("06:00");
        await Task.WhenAll(first.AddNoteAsync("from the first"), second.AddNoteAsync("from the second"));

        Assert.False(hasLocks);
        Assert.InRange(refreshes.Count, 1, 2);
        Assert.All(refreshes, status => Assert.Equal(200, status));
    }

    /// <summary>Chromium says that cookies are enabled and keeps none, gives no storage and no locks: the first refresh tells.</summary>
    [Fact]
    public async Task Where_cookies_and_storage_are_forbidden_the_page_says_so_and_rests()
    {
        await using var browser = await site.OpenBrowserWithoutCookiesAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var storage = await page.Tab.EvaluateAsync<string>("() => { try { return localStorage.length + ' kept' } catch ({ name }) { return name } }");
        var refreshes = NotesPage.RefreshesOf(browser);

        await browser.Clock.FastForwardAsync("06:00");
        await page.Tab.GetByText("This browser blocks cookies.").WaitForAsync();
        await browser.Clock.FastForwardAsync("01:00:00");
        await page.ShowsSignInAsync();

        Assert.Equal("SecurityError", storage);
        Assert.Equal([400], refreshes);
    }

    [Fact]
    public async Task Offline_calls_fail_with_words_and_the_session_is_there_when_the_line_is_back()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var attempts = 0;
        browser.RequestFailed += (_, request) => attempts += request.Url.EndsWith("/auth/refresh", StringComparison.Ordinal) ? 1 : 0;

        await browser.SetOfflineAsync(true);
        await browser.Clock.FastForwardAsync("06:00");
        await page.Tab.GetByLabel("New note").FillAsync("while offline");
        await page.Tab.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await page.Tab.GetByText("The line seems to be dead.").First.WaitForAsync();
        await browser.Clock.FastForwardAsync("10:00");
        var whileOffline = attempts;
        await browser.SetOfflineAsync(false);

        await page.AddNoteAsync("back again");
        Assert.InRange(whileOffline, 1, 20);
    }

    [Fact]
    public async Task A_503_is_waited_out_as_long_as_it_asks_and_costs_nobody_the_session()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var refreshes = NotesPage.RefreshesOf(browser);
        var left = 2;
        await page.Tab.RouteAsync("**/auth/refresh", route => Interlocked.Decrement(ref left) < 0
            ? route.ContinueAsync()
            : route.FulfillAsync(new()
            {
                Status = 503,
                Headers = new Dictionary<string, string>
                {
                    ["Retry-After"] = "1",
                    ["Access-Control-Allow-Origin"] = site.Page,
                    ["Access-Control-Allow-Credentials"] = "true",
                    ["Access-Control-Expose-Headers"] = "Retry-After",
                },
            }));

        await browser.Clock.FastForwardAsync("06:00");
        await page.AddNoteAsync("patience");

        Assert.Equal([503, 503, 200], refreshes);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task A_clock_that_is_hours_off_changes_nothing(int hours)
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync(new() { TimeDate = TimeProvider.System.GetUtcNow().AddHours(hours).UtcDateTime });
        var refreshes = NotesPage.RefreshesOf(browser);
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var before = refreshes.Count;

        await page.AddNoteAsync("what time is it?");
        var afterCall = refreshes.Count;
        await browser.Clock.FastForwardAsync("06:00");
        await page.AddNoteAsync("six minutes later");

        Assert.Equal(before, afterCall);
        Assert.Equal(before + 1, refreshes.Count);
        Assert.Equal(200, refreshes.Last());
    }

    [Fact]
    public async Task A_frozen_page_wakes_up_to_what_happened_meanwhile()
    {
        await using var browser = await site.OpenBrowserAsync();
        var frozen = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var awake = await NotesPage.OpenAsync(browser, site);
        await awake.ShowsNotesAsync();
        var devTools = await browser.NewCDPSessionAsync(frozen.Tab);

        await devTools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "frozen" });
        await awake.SignOutAsync();
        await awake.ShowsSignInAsync();
        await devTools.SendAsync("Page.setWebLifecycleState", new() { ["state"] = "active" });

        await frozen.ShowsSignInAsync();
    }

    [Fact]
    public async Task A_machine_that_slept_beyond_the_idle_timeout_asks_once_and_stays_signed_out()
    {
        await using var browser = await site.OpenBrowserAsync();
        await browser.Clock.InstallAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var refreshes = NotesPage.RefreshesOf(browser);
        // The issuer's clock did not sleep: what it would answer is said in its place.
        await page.Tab.RouteAsync("**/auth/refresh", route => route.FulfillAsync(new()
        {
            Status = 400,
            ContentType = "application/json",
            Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = site.Page, ["Access-Control-Allow-Credentials"] = "true" },
            Body = """{"error":"invalid_grant"}""",
        }));

        await browser.Clock.FastForwardAsync("40:00");
        await page.Tab.GetByText("You were signed out because nobody was here for a while.").WaitForAsync();
        await browser.Clock.FastForwardAsync("01:00:00");
        await page.ShowsSignInAsync();

        Assert.Single(refreshes);
    }
}
