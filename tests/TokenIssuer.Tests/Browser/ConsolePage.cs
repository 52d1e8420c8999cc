using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

/// <summary>The admin console in one tab, by what an administrator sees of it.</summary>
internal sealed class ConsolePage
{
    private readonly NotesSite _site;

    private ConsolePage(IPage tab, NotesSite site)
    {
        Tab = tab;
        _site = site;
        tab.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase)
                || message.Text.Contains("TrustedHTML", StringComparison.Ordinal))
            {
                Complaints.Enqueue(message.Text);
            }
        };
        tab.PageError += (_, error) => Complaints.Enqueue(error);
    }

    public IPage Tab { get; }

    /// <summary>What the browser had to refuse by the page's policy, and scripts that threw.</summary>
    public ConcurrentQueue<string> Complaints { get; } = new();

    public ILocator Dialog => Tab.GetByRole(AriaRole.Dialog);

    public static async Task<ConsolePage> OpenAsync(IBrowserContext browser, NotesSite site)
    {
        var console = new ConsolePage(await browser.NewPageAsync(), site);
        await console.Tab.GotoAsync(site.Console);
        await console.Button("Sign in").WaitForAsync();
        return console;
    }

    public static async Task<ConsolePage> SignInAsync(IBrowserContext browser, NotesSite site)
    {
        var console = await OpenAsync(browser, site);
        await console.SignInAsync();
        return console;
    }

    /// <summary>Signs in, and comes out on the page that the address names.</summary>
    public async Task SignInAsync(string page = "Overview")
    {
        await Tab.GetByLabel("User name").FillAsync(_site.Administrator.Name);
        await Tab.GetByLabel("Password").FillAsync(_site.Administrator.Password);
        await Button("Sign in").ClickAsync();
        await HeadingAsync(page);
    }

    public async Task GoToAsync(string page)
    {
        await Tab.GetByRole(AriaRole.Link, new() { Name = page, Exact = true }).ClickAsync();
        await HeadingAsync(page);
    }

    /// <summary>Finds the user by name and opens the page about them.</summary>
    public async Task GoToUserAsync(Visitor visitor)
    {
        await GoToAsync("Users");
        await Tab.GetByLabel("Search by name").FillAsync(visitor.Name);
        await Tab.GetByRole(AriaRole.Link, new() { Name = visitor.Name }).ClickAsync();
        await HeadingAsync(visitor.Name);
    }

    public Task HeadingAsync(string name) => Tab.GetByRole(AriaRole.Heading, new() { Name = name, Level = 1 }).WaitForAsync();

    public ILocator Button(string name) => Tab.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The button of the open dialog, not its namesake on the page behind it.</summary>
    public Task ConfirmAsync(string action) => Dialog.GetByRole(AriaRole.Button, new() { Name = action, Exact = true }).ClickAsync();

    public Task SaysAsync(string words) => Tab.GetByText(words).First.WaitForAsync();
}
