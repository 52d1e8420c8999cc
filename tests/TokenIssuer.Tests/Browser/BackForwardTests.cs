using System.Text.Json;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

/// <summary>
/// A page that is left and comes back whole from the back-forward cache, as <c>pageshow</c> with <c>persisted</c> proves:
/// with the token of then, and with the news of nobody.
/// </summary>
[Collection(BrowserTests.Name)]
public sealed class BackForwardTests(NotesSite site)
{
    [Fact]
    public async Task It_asks_once_who_is_signed_in_and_goes_on()
    {
        await using var browser = await OpenBrowserAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var refreshes = NotesPage.RefreshesOf(browser);
        await LeaveAsync(page);

        await ReturnAsync(page);

        await page.AddNoteAsync("back again");
        Assert.Equal([200], refreshes);
    }

    [Fact]
    public async Task Where_the_session_was_ended_meanwhile_it_says_so_and_rests()
    {
        await using var browser = await OpenBrowserAsync();
        var visitor = site.NextVisitor();
        var page = await NotesPage.SignInAsync(browser, site, visitor);
        var refreshes = NotesPage.RefreshesOf(browser);
        await LeaveAsync(page);
        await site.Client.LogOutAsync(await site.Client.LogInAsync(visitor.Name, visitor.Password), "others");

        await ReturnAsync(page);

        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        Assert.Equal([400], refreshes);
    }

    [Fact]
    public async Task Where_somebody_else_signed_in_meanwhile_it_shows_their_notes()
    {
        await using var browser = await OpenBrowserAsync();
        var page = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        await page.AddNoteAsync("not for others");
        await LeaveAsync(page);
        var other = await NotesPage.OpenAsync(browser, site);
        await other.ShowsNotesAsync();
        await other.SignOutAsync();
        await other.SignInAsync(site.NextVisitor());
        await other.AddNoteAsync("of somebody else");

        await ReturnAsync(page);

        await page.Notes.Filter(new() { HasText = "of somebody else" }).WaitForAsync();
        await Assertions.Expect(page.Notes.Filter(new() { HasText = "not for others" })).ToHaveCountAsync(0, new() { Timeout = 120_000 });
    }

    private async Task<IBrowserContext> OpenBrowserAsync()
    {
        var browser = await site.OpenBrowserAsync();
        await browser.AddInitScriptAsync("addEventListener('pageshow', ({ persisted }) => (globalThis.shows ??= []).push(persisted))");
        return browser;
    }

    private async Task LeaveAsync(NotesPage page) => await page.Tab.GotoAsync($"{site.Page}/empty");

    private static async Task ReturnAsync(NotesPage page)
    {
        await page.Tab.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });

        // A page that was loaded anew would have been shown once, and would prove nothing here.
        var shows = await page.Tab.EvaluateAsync<JsonElement>("() => globalThis.shows");
        Assert.Equal("[false,true]", shows.GetRawText());
    }
}
