using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class ScreenTests(NotesSite site)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Every_page_of_the_console_is_open_to_everybody(ColorScheme scheme, int width)
    {
        await using var browser = await site.OpenBrowserAsync(scheme, width);
        var visitor = site.NextVisitor();
        await site.Client.LogInAsync(visitor.Name, visitor.Password);

        // Something for the page of revocations, also where no other test has ended anything.
        await site.Client.LogOutAsync(await site.Client.LogInAsync(visitor.Name, visitor.Password));
        var console = await ConsolePage.OpenAsync(browser, site);
        await CheckAsync(console, "sign-in", scheme);
        await console.SignInAsync();
        await console.Tab.GetByRole(AriaRole.Img, new() { Name = "Active sessions, last five minutes: sessions between" }).WaitForAsync();
        await CheckAsync(console, "overview", scheme);

        foreach (var page in new[] { "Users", "Revocations", "Audit log", "Keys" })
        {
            await console.GoToAsync(page);
            await console.Tab.GetByRole(AriaRole.Table).WaitForAsync();
            await CheckAsync(console, page, scheme);
        }

        await console.GoToUserAsync(visitor);
        await console.Tab.GetByRole(AriaRole.Button, new() { Name = "End session on" }).WaitForAsync();
        await CheckAsync(console, "user", scheme);
        await console.Button("End all").ClickAsync();
        await console.Dialog.GetByText("This ends").WaitForAsync();
        await CheckAsync(console, "end-all", scheme);
        await console.ConfirmAsync("Cancel");
        foreach (var dialog in new[] { "Change roles", "Reset password", "Reset second factor", "Disable", "Delete" })
        {
            await console.Button(dialog).ClickAsync();
            await console.Dialog.WaitForAsync();
            await CheckAsync(console, dialog, scheme);
            await console.ConfirmAsync("Cancel");
        }

        await console.Button("Delete").ClickAsync();
        await console.Dialog.GetByLabel("to confirm").FillAsync(visitor.Name);
        await console.ConfirmAsync("Delete");
        await console.SaysAsync("The user is deleted");
        await CheckAsync(console, "deleted", scheme);

        await console.GoToAsync("Emergency");
        await console.Button("Revoke everything").ClickAsync();
        await console.Dialog.GetByText("This ends").WaitForAsync();
        await CheckAsync(console, "emergency", scheme);
        Assert.Empty(console.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1200)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Every_page_of_the_notes_is_open_to_everybody(ColorScheme scheme, int width)
    {
        await using var browser = await site.OpenBrowserAsync(scheme, width);
        await browser.Clock.InstallAsync();
        var visitor = site.NextVisitor();
        await site.Client.LogInAsync(visitor.Name, visitor.Password);
        var page = await NotesPage.OpenAsync(browser, site);
        await page.ShowsSignInAsync();
        await Screens.CheckAsync(page.Tab, $"notes-sign-in-{scheme}".ToLowerInvariant());
        await page.SignInAsync(visitor);
        await page.AddNoteAsync("Buy milk, and find out why the cat has two of everything");
        await page.Connected.WaitForAsync();
        await Screens.CheckAsync(page.Tab, $"notes-{scheme}".ToLowerInvariant());

        await page.GoToAsync("My devices");
        await page.Tab.GetByText("this one").WaitForAsync();
        await Screens.CheckAsync(page.Tab, $"notes-devices-{scheme}".ToLowerInvariant());
        await page.GoToAsync("Password");
        await page.Tab.GetByLabel("New password").WaitForAsync();
        await Screens.CheckAsync(page.Tab, $"notes-password-{scheme}".ToLowerInvariant());

        await page.LeaveForAsync("29:10");
        await page.Tab.GetByText("You will be signed out").WaitForAsync();
        await Screens.CheckAsync(page.Tab, $"notes-warning-{scheme}".ToLowerInvariant());
    }

    private static Task CheckAsync(ConsolePage console, string name, ColorScheme scheme)
        => Screens.CheckAsync(console.Tab, $"console-{name.Replace(' ', '-')}-{scheme}".ToLowerInvariant());
}
