namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ForeignPageTests(NotesSite site)
{
    /// <summary>
    /// Another port of the same host name is the same site, so the cookie goes along and the issuer has to look at the
    /// origin. Another host name of this machine is another site, so the browser itself keeps the cookie.
    /// </summary>
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_page_of_somebody_else_can_neither_refresh_nor_sign_out(string host)
    {
        await using var foreign = await NotesWebHost.StartAsync();
        await using var browser = await site.OpenBrowserAsync();
        var mine = await NotesPage.SignInAsync(browser, site, site.NextVisitor());
        var before = Assert.Single(await browser.CookiesAsync()).Value;
        var theirs = await browser.NewPageAsync();
        await theirs.GotoAsync($"http://{host}:{foreign.Port}/empty");

        var refreshed = await NotesPage.SendAsync(theirs, $"{site.Issuer}/auth/refresh");
        var signedOut = await NotesPage.SendAsync(theirs, $"{site.Issuer}/auth/logout");

        Assert.Equal(0, refreshed);
        Assert.Equal(0, signedOut);
        Assert.Equal(before, Assert.Single(await browser.CookiesAsync()).Value);
        await mine.AddNoteAsync("still here");
    }

    [Fact]
    public async Task The_own_page_can_refresh_and_sign_out_by_the_same_requests()
    {
        await using var browser = await site.OpenBrowserAsync();
        var mine = await NotesPage.SignInAsync(browser, site, site.NextVisitor());

        var refreshed = await mine.SendAsync("/auth/refresh");
        var signedOut = await mine.SendAsync("/auth/logout");

        Assert.Equal(200, refreshed);
        Assert.Equal(204, signedOut);
    }
}
