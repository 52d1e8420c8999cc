using Microsoft.Playwright;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>What an administrator does to one user, and what that user sees of it.</summary>
[Collection(BrowserTests.Name)]
public sealed class ConsoleUserTests(NotesSite site)
{
    [Fact]
    public async Task A_new_password_ends_the_sessions_and_is_the_one_that_counts()
    {
        await using var scene = await Scene.OpenAsync(site, site.NextVisitor());
        var (visitor, page, console) = (scene.Visitor, scene.Page, scene.Console);

        await console.GoToUserAsync(visitor);
        await console.Button("Reset password").ClickAsync();
        await console.Dialog.GetByLabel("New password").FillAsync("12345678");
        await console.ConfirmAsync("Reset password");
        await console.Dialog.GetByRole(AriaRole.Alert).WaitForAsync();
        await page.AddNoteAsync("a weak one changes nothing");
        await console.Dialog.GetByLabel("New password").FillAsync("reset-by-the-console");
        await console.ConfirmAsync("Reset password");
        await console.SaysAsync("Password reset");

        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        await page.SignInAsync(visitor with { Password = "reset-by-the-console" });
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task After_a_reset_of_the_second_factor_the_password_alone_is_enough_and_what_was_open_has_ended()
    {
        await using var scene = await Scene.OpenAsync(site, site.NextVisitor());
        var (visitor, page, console) = (scene.Visitor, scene.Page, scene.Console);
        await site.Client.EnrolSecondFactorAsync(await site.Client.LogInAsync(visitor.Name, visitor.Password), visitor.Password);
        using var before = await site.Client.TryLogInAsync(visitor.Name, visitor.Password);

        await console.GoToUserAsync(visitor);
        await console.Button("Reset second factor").ClickAsync();
        await console.ConfirmAsync("Reset second factor");
        await console.SaysAsync("Second factor reset");

        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        Assert.Equal("mfa_required", await IssuerClient.ErrorOfAsync(before));
        await page.SignInAsync(visitor);
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task A_user_is_deleted_by_keyboard_once_the_name_was_typed_and_stays_in_the_audit_log()
    {
        await using var scene = await Scene.OpenAsync(site, site.NextVisitor());
        var (visitor, page, console) = (scene.Visitor, scene.Page, scene.Console);
        var keyboard = console.Tab.Keyboard;

        await console.GoToUserAsync(visitor);
        await console.Button("Delete").PressAsync("Enter");
        await keyboard.TypeAsync(visitor.Name[..^1]);
        await keyboard.PressAsync("Enter");
        await page.AddNoteAsync("half a name deletes nobody");
        await keyboard.TypeAsync(visitor.Name[^1..]);
        await keyboard.PressAsync("Enter");
        await console.SaysAsync("The user is deleted");

        await console.Tab.WaitForFunctionAsync("() => document.activeElement?.localName === 'main'");
        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        using var refused = await site.Client.TryLogInAsync(visitor.Name, visitor.Password);
        Assert.Equal("invalid_credentials", await IssuerClient.ErrorOfAsync(refused));
        await console.Tab.GetByRole(AriaRole.Link, new() { Name = "Audit log" }).Last.ClickAsync();
        await console.Tab.GetByLabel("Event").SelectOptionAsync("User deleted");
        await console.Tab.GetByRole(AriaRole.Cell, new() { Name = "User deleted" }).WaitForAsync();
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task New_roles_are_in_the_next_token_and_sign_nobody_out()
    {
        await using var scene = await Scene.OpenAsync(site, site.NextVisitor());
        var (visitor, page, console) = (scene.Visitor, scene.Page, scene.Console);
        var refreshes = NotesPage.RefreshesOf(scene.User);

        await console.GoToUserAsync(visitor);
        await console.Button("Change roles").ClickAsync();
        await console.Dialog.GetByLabel("Roles").FillAsync("editor, auditor");
        await console.ConfirmAsync("Change roles");
        await console.SaysAsync("Roles changed.");

        await console.Tab.GetByText("editor", new() { Exact = true }).WaitForAsync();
        await console.Tab.GetByText("auditor", new() { Exact = true }).WaitForAsync();
        await page.AddNoteAsync("with the new roles");
        Assert.Equal([200], refreshes);
    }

    [Fact]
    public async Task Ending_all_sessions_says_how_many_before_and_after()
    {
        var visitor = site.NextVisitor();
        var elsewhere = await site.Client.LogInAsync(visitor.Name, visitor.Password);
        await using var scene = await Scene.OpenAsync(site, visitor);
        var (page, console) = (scene.Page, scene.Console);

        await console.GoToUserAsync(visitor);
        await console.Button("End all").ClickAsync();
        await console.Dialog.GetByText("2 sessions").WaitForAsync();
        await console.ConfirmAsync("End all sessions");

        await console.SaysAsync("Ended: 2 sessions");
        await console.SaysAsync("No session is alive.");
        await page.Tab.GetByText("Your session was ended.").WaitForAsync();
        Assert.False(await site.Client.IsRefreshableAsync(elsewhere));
    }

    [Fact]
    public async Task Users_are_found_by_name_and_turned_over_page_by_page()
    {
        await using var administrator = await site.OpenBrowserAsync();
        var visitor = site.NextVisitor();
        var console = await ConsolePage.SignInAsync(administrator, site);
        await console.GoToAsync("Users");
        var names = console.Tab.GetByRole(AriaRole.Table).GetByRole(AriaRole.Link);
        await names.First.WaitForAsync();
        var first = await names.AllInnerTextsAsync();

        await console.Button("Next").ClickAsync();
        await console.Button("Previous").WaitForAsync();
        await Assertions.Expect(names.First).Not.ToHaveTextAsync(first[0]);
        var second = await names.AllInnerTextsAsync();
        await console.Button("Previous").ClickAsync();
        await Assertions.Expect(names.First).ToHaveTextAsync(first[0]);
        await console.Tab.GetByLabel("Search by name").FillAsync(visitor.Name);
        await Assertions.Expect(names).ToHaveTextAsync([visitor.Name]);
        await console.Tab.GetByLabel("Search by name").FillAsync("nobody-has-this-name");

        await console.SaysAsync("No user has such a name.");
        Assert.Equal(25, first.Count);
        Assert.Empty(first.Intersect(second));
    }

    /// <summary>A user with notes open, and an administrator at the console, each in a browser of their own.</summary>
    private sealed record Scene(IBrowserContext User, IBrowserContext Administrator, Visitor Visitor, NotesPage Page, ConsolePage Console) : IAsyncDisposable
    {
        public static async Task<Scene> OpenAsync(NotesSite site, Visitor visitor)
        {
            var (user, administrator) = (await site.OpenBrowserAsync(), await site.OpenBrowserAsync());
            var page = await NotesPage.SignInAsync(user, site, visitor);
            await page.Connected.WaitForAsync();
            return new Scene(user, administrator, visitor, page, await ConsolePage.SignInAsync(administrator, site));
        }

        public async ValueTask DisposeAsync()
        {
            await User.DisposeAsync();
            await Administrator.DisposeAsync();
        }
    }
}
