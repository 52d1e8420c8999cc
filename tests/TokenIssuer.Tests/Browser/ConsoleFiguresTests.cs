using System.Globalization;
using Microsoft.Playwright;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>What the console shows of the issuer at work: figures that move, and the audit log.</summary>
[Collection(BrowserTests.Name)]
public sealed class ConsoleFiguresTests(NotesSite site)
{
    [Fact]
    public async Task The_charts_follow_sign_ins_refreshes_and_revocations()
    {
        await using var browser = await site.OpenBrowserAsync();
        var console = await ConsolePage.SignInAsync(browser, site);
        var visitor = site.NextVisitor();
        await FigureOf(console, "Feed lag", 0).WaitForAsync();

        // Figures are of the last minute, and what came before leaves them meanwhile: enough is done to surpass it all.
        var (signIns, refreshes, revocations) = (await ReadAsync(console, "Sign-ins", 0), await ReadAsync(console, "Sign-ins", 1), await ReadAsync(console, "Revocations", 0));
        for (var round = 0; round <= Math.Max(signIns, Math.Max(refreshes, revocations)); round++)
        {
            await site.Client.LogOutAsync(await site.Client.RefreshAsync(await site.Client.LogInAsync(visitor.Name, visitor.Password)));
        }

        await UntilMoreAsync(console, "Sign-ins", 0, signIns);
        await UntilMoreAsync(console, "Sign-ins", 1, refreshes);
        await UntilMoreAsync(console, "Revocations", 0, revocations);
        var line = await console.Tab.Locator(".chart").First.Locator(".line").GetAttributeAsync("d");
        Assert.Contains('L', line!);
        Assert.Empty(console.Complaints);
    }

    [Fact]
    public async Task The_audit_log_is_filtered_by_user_and_by_event()
    {
        await using var browser = await site.OpenBrowserAsync();
        var (visitor, other) = (site.NextVisitor(), site.NextVisitor());
        await site.Client.LogOutAsync(await LogInAsync(visitor));
        await LogInAsync(other);
        var console = await ConsolePage.SignInAsync(browser, site);
        await console.GoToAsync("Audit log");
        var rows = console.Tab.GetByRole(AriaRole.Table).Locator("tbody").GetByRole(AriaRole.Row);
        await rows.Filter(new() { HasText = other.Name }).First.WaitForAsync();

        await console.Tab.GetByLabel("User name or id").FillAsync(visitor.Name);
        await console.Button("Find").ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(2, new() { Timeout = 120_000 });
        var ofUser = await rows.AllInnerTextsAsync();
        await console.Tab.GetByLabel("Event").SelectOptionAsync("logout");
        await Assertions.Expect(rows).ToHaveCountAsync(1, new() { Timeout = 120_000 });

        Assert.All(ofUser, row => Assert.Contains(visitor.Name, row, StringComparison.Ordinal));
        Assert.Contains("Logout", await rows.First.InnerTextAsync(), StringComparison.Ordinal);
        await console.SaysAsync("1 of 2 loaded events shown; these are all.");
    }

    private Task<IssuedTokens> LogInAsync(Visitor visitor) => site.Client.LogInAsync(visitor.Name, visitor.Password);

    private static ILocator FigureOf(ConsolePage console, string title, int line)
        => console.Tab.Locator(".chart").Filter(new() { HasText = title }).Locator(".figure strong").Nth(line).Filter(new() { HasNotText = "–" });

    private static async Task<int> ReadAsync(ConsolePage console, string title, int line)
        => int.Parse(await FigureOf(console, title, line).InnerTextAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static async Task UntilMoreAsync(ConsolePage console, string title, int line, int than) => await console.Tab.WaitForFunctionAsync(
        """
        ([title, line, than]) => {
          const chart = [...document.querySelectorAll('.chart')].find(({ textContent }) => textContent.includes(title));
          return Number(chart.querySelectorAll('.figure strong')[line].textContent.replaceAll(',', '')) > than;
        }
        """,
        new object[] { title, line, than });
}
