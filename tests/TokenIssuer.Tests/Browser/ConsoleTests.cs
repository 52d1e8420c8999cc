using System.Net;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ConsoleTests(NotesSite site)
{
    [Fact]
    public async Task Ending_a_session_tells_its_user_and_shuts_the_api_to_its_token()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var visitor = site.NextVisitor();
        var page = await NotesPage.OpenAsync(browsers.User, site);
        var token = page.NextTokenAsync();
        await page.SignInAsync(visitor);
        await page.Connected.WaitForAsync();
        Assert.Equal(HttpStatusCode.OK, await site.AskApiAsync(await token));
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);

        await console.GoToUserAsync(visitor);
        await console.Tab.GetByRole(AriaRole.Button, new() { Name = "End session on" }).ClickAsync();
        await console.SaysAsync("1 session");
        await console.ConfirmAsync("End session");
        await console.SaysAsync("Ended: 1 session");

        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await site.AskApiAsync(await token));
        await console.SaysAsync("No session is alive.");
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task A_disabled_user_is_out_and_stays_out_until_enabled()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var visitor = site.NextVisitor();
        var page = await NotesPage.SignInAsync(browsers.User, site, visitor);
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);

        await console.GoToUserAsync(visitor);
        await console.Button("Disable").ClickAsync();
        await console.ConfirmAsync("Disable");
        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        await page.Tab.GetByLabel("User name").FillAsync(visitor.Name);
        await page.Tab.GetByLabel("Password").FillAsync(visitor.Password);
        await page.SignInButton.ClickAsync();
        await page.Tab.GetByText("User name or password is wrong.").WaitForAsync();

        await console.Button("Enable").ClickAsync();
        await console.ConfirmAsync("Enable");
        await console.SaysAsync("The user may sign in again.");
        await page.SignInButton.ClickAsync();
        await page.ShowsNotesAsync();
    }

    [Fact]
    public async Task Rotating_keys_signs_nobody_out()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var page = await NotesPage.SignInAsync(browsers.User, site, site.NextVisitor());
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);

        await console.GoToAsync("Keys");
        await console.Button("Rotate").ClickAsync();
        await console.ConfirmAsync("Rotate");

        // The announced key of a new issuer has not been public for a day.
        await console.SaysAsync("It signs from");
        await page.AddNoteAsync("still here");
    }

    [Fact]
    public async Task A_key_is_retired_only_after_its_name_was_typed_and_sessions_go_on()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var page = await NotesPage.SignInAsync(browsers.User, site, site.NextVisitor());
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);

        await console.GoToAsync("Keys");
        var signing = console.Tab.GetByRole(AriaRole.Row).Filter(new() { HasText = "signing" });
        var kid = await signing.Locator("code").InnerTextAsync();
        await signing.GetByRole(AriaRole.Button).ClickAsync();
        var retire = console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Retire key" });
        var before = await retire.IsEnabledAsync();
        await console.Dialog.GetByLabel("to confirm").FillAsync(kid[..8]);
        await retire.ClickAsync();

        Assert.False(before);
        await console.SaysAsync($"Key {kid} is retired.");
        await page.AddNoteAsync("with a token of the next key");
    }

    [Fact]
    public async Task The_revocation_log_shows_what_happens_while_it_happens()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var visitor = site.NextVisitor();
        var page = await NotesPage.SignInAsync(browsers.User, site, visitor);
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);

        await console.GoToAsync("Revocations");
        var rows = console.Tab.GetByRole(AriaRole.Row).Filter(new() { HasText = visitor.Name });
        var before = await rows.CountAsync();
        await page.SignOutAsync();

        Assert.Equal(0, before);
        await rows.Filter(new() { HasText = "Logout" }).WaitForAsync();
    }

    [Fact]
    public async Task A_user_made_here_can_sign_in_and_the_audit_log_shows_it()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);
        var newcomer = new Visitor("newcomer", "a-newcomer-to-the-notes");

        await console.GoToAsync("Users");
        await console.Button("New user").ClickAsync();
        await console.Dialog.GetByLabel("User name").FillAsync(newcomer.Name);
        await console.Dialog.GetByLabel("Password").FillAsync(newcomer.Password);
        await console.ConfirmAsync("Create");
        await console.HeadingAsync(newcomer.Name);
        await NotesPage.SignInAsync(browsers.User, site, newcomer);
        await console.Tab.GetByRole(AriaRole.Link, new() { Name = "Audit log" }).Last.ClickAsync();

        await console.HeadingAsync("Audit log");
        await console.Tab.GetByRole(AriaRole.Row).Filter(new() { HasText = newcomer.Name }).Filter(new() { HasText = "Login" }).WaitForAsync();
    }

    [Fact]
    public async Task Revoking_everything_counts_first_wants_the_phrase_and_ends_everybody()
    {
        await using var browsers = new Pair(await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
        var page = await NotesPage.SignInAsync(browsers.User, site, site.NextVisitor());
        var console = await ConsolePage.SignInAsync(browsers.Administrator, site);

        await console.GoToAsync("Emergency");
        await console.Button("Revoke everything").ClickAsync();
        await console.Dialog.GetByText("This ends").WaitForAsync();
        await console.Dialog.GetByLabel("Reason").FillAsync("drill");
        var revoke = console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Revoke everything" });
        var before = await revoke.IsEnabledAsync();
        await page.AddNoteAsync("counting ends nothing");
        await console.Dialog.GetByLabel("to confirm").FillAsync("revoke everything");
        await revoke.ClickAsync();

        Assert.False(before);
        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        await console.Button("Sign in").WaitForAsync();
        await console.SignInAsync("Emergency");
    }

    /// <summary>The browser of a user and that of the administrator, who may be far away.</summary>
    private sealed record Pair(IBrowserContext User, IBrowserContext Administrator) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await User.DisposeAsync();
            await Administrator.DisposeAsync();
        }
    }
}
