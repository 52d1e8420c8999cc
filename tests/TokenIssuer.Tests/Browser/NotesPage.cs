using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TokenIssuer.Tests.Browser;

/// <summary>The sample page in one tab, by what a person sees of it.</summary>
internal sealed class NotesPage(IPage tab, NotesSite site)
{
    public IPage Tab => tab;

    public ILocator SignInButton => tab.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true });

    public ILocator Notes => tab.GetByRole(AriaRole.Listitem);

    /// <summary>The light that beats with the API's stream.</summary>
    public ILocator Connected => tab.GetByText("Connected", new() { Exact = true });

    public static async Task<NotesPage> OpenAsync(IBrowserContext browser, NotesSite site)
    {
        var page = new NotesPage(await browser.NewPageAsync(), site);
        await page.Tab.GotoAsync(site.Page);
        return page;
    }

    public static async Task<NotesPage> SignInAsync(IBrowserContext browser, NotesSite site, Visitor visitor)
    {
        var page = await OpenAsync(browser, site);
        await page.SignInAsync(visitor);
        return page;
    }

    public async Task SignInAsync(Visitor visitor)
    {
        await tab.GetByLabel("User name").FillAsync(visitor.Name);
        await tab.GetByLabel("Password").FillAsync(visitor.Password);
        await SignInButton.ClickAsync();
        await ShowsNotesAsync();
    }

    /// <summary>Waits until the API has answered what notes there are, or that there are none.</summary>
    public Task ShowsNotesAsync() => Notes.Or(tab.GetByText("No notes yet.")).First.WaitForAsync();

    public Task ShowsSignInAsync() => SignInButton.WaitForAsync();

    /// <summary>The token that the page is going to show to the API when it asks for the notes.</summary>
    public async Task<string> NextTokenAsync()
    {
        var request = await tab.WaitForRequestAsync(request => request.Method == "GET" && request.Url.EndsWith("/api/notes", StringComparison.Ordinal));
        return request.Headers["authorization"]["Bearer ".Length..];
    }

    /// <summary>Makes a note, which needs an answer of the API with this session's token.</summary>
    public async Task AddNoteAsync(string text)
    {
        await tab.GetByLabel("New note").FillAsync(text);
        await tab.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Notes.Filter(new() { HasText = text }).WaitForAsync();
    }

    public Task GoToAsync(string title) => tab.GetByRole(AriaRole.Button, new() { Name = title }).ClickAsync();

    public Task SignOutAsync() => tab.Locator("header").GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

    /// <summary>
    /// Lets time pass without anybody there. What was done since the last token came counts as use and brings one more;
    /// the idle time starts with that one.
    /// </summary>
    public async Task LeaveForAsync(string time)
    {
        // A tab tells the others of a token once it has taken it in; the answer on the wire would be too early.
        var renewed = await tab.EvaluateHandleAsync(
            """
            issuer => {
              const channel = new BroadcastChannel(`tokenissuer/1 ${issuer}`);
              return { told: new Promise(tell => (channel.onmessage = ({ data }) => data.kind === 'grant' && tell())) };
            }
            """,
            site.Issuer);
        await tab.Context.Clock.FastForwardAsync("04:45");
        await renewed.EvaluateAsync("({ told }) => told").WaitAsync(TimeSpan.FromMinutes(2));
        await tab.Context.Clock.FastForwardAsync(time);
    }

    /// <summary>The statuses of all refreshes from now on, of whatever tab.</summary>
    public static ConcurrentQueue<int> RefreshesOf(IBrowserContext browser)
    {
        var answers = new ConcurrentQueue<int>();
        browser.Response += (_, response) =>
        {
            if (response.Request is { Method: "POST" } request && request.Url.EndsWith("/auth/refresh", StringComparison.Ordinal))
            {
                answers.Enqueue(response.Status);
            }
        };
        return answers;
    }

    /// <summary>Sends a request from the page's own scripts, with its cookies, and gives the status; 0 when the browser keeps the answer back.</summary>
    public Task<int> SendAsync(string path) => SendAsync(tab, site.Issuer + path);

    public static Task<int> SendAsync(IPage tab, string address) => tab.EvaluateAsync<int>(
        """
        address => fetch(address, { method: 'POST', credentials: 'include' }).then(answer => answer.status, () => 0)
        """,
        address);
}
