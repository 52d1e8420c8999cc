using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

[Collection(BrowserTests.Name)]
public sealed class DevicesTests(NotesSite site)
{
    [Fact]
    public async Task A_user_ends_the_session_on_another_device_which_is_told_at_once()
    {
        await using var here = await site.OpenBrowserAsync();
        await using var there = await site.OpenBrowserAsync();
        var visitor = site.NextVisitor();
        var other = await NotesPage.SignInAsync(there, site, visitor);
        await other.Connected.WaitForAsync();
        var mine = await NotesPage.SignInAsync(here, site, visitor);

        await mine.GoToAsync("My devices");
        await mine.Tab.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { NameRegex = new("^Sign out (?!all)") }).ClickAsync();

        await other.Tab.GetByText("Your session was ended.").WaitForAsync();
        await mine.GoToAsync("Notes");
        await mine.AddNoteAsync("still here");
    }

    [Fact]
    public async Task A_new_password_ends_every_other_device_and_keeps_this_one()
    {
        await using var here = await site.OpenBrowserAsync();
        await using var there = await site.OpenBrowserAsync();
        var visitor = site.NextVisitor();
        var other = await NotesPage.SignInAsync(there, site, visitor);
        await other.Connected.WaitForAsync();
        var mine = await NotesPage.SignInAsync(here, site, visitor);

        await mine.GoToAsync("Password");
        await mine.Tab.GetByLabel("Current password").FillAsync(visitor.Password);
        await mine.Tab.GetByLabel("New password").FillAsync("another-for-the-notes");
        await mine.Tab.GetByRole(AriaRole.Button, new() { Name = "Change password" }).ClickAsync();
        await mine.Tab.GetByText("Your password is changed.").WaitForAsync();

        await other.Tab.GetByText("Your session was ended.").WaitForAsync();
        await mine.GoToAsync("Notes");
        await mine.AddNoteAsync("with the new session");
    }
}
