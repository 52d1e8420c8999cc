using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>Looks at a page as it stands: a picture for people, and what axe finds.</summary>
internal static class Screens
{
    /// <summary>Keeps a picture in <c>artifacts/screens</c>, and fails if the page shuts anybody out or is wider than the screen.</summary>
    public static async Task CheckAsync(IPage tab, string name)
    {
        await tab.ScreenshotAsync(new() { Path = Repository.PathOf("artifacts", "screens", $"{name}.png"), FullPage = true });
        var found = await tab.RunAxe();
        var overflow = await tab.EvaluateAsync<int>("() => document.documentElement.scrollWidth - window.innerWidth");

        Assert.True(found.Passes.Length > 5, $"axe saw almost nothing on {name}");
        Assert.All(found.Violations, violation =>
            Assert.Fail($"{name}: {violation.Id}: {violation.Help}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
        Assert.True(overflow <= 0, $"{name} is {overflow} pixels wider than the screen");
    }
}
