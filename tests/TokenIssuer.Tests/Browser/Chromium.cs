using Microsoft.Playwright;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Browser;

/// <summary>The Chromium of the machine, without a window.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    // As root there is no sandbox to be had; the rest keeps the browser from talking to anybody but the pages under test.
    private static readonly string[] s_arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly TemporaryFolder _profile = new();

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        Assert.True(File.Exists(Program), $"{Program} is missing: apt-get install -y chromium");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Headless = true,
            Args = s_arguments,

            // Automation switches the back-forward cache off; people have it.
            IgnoreDefaultArgs = ["--disable-back-forward-cache"],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A browser of its own as far as pages can tell: no cookies, no storage.</summary>
    public async Task<IBrowserContext> OpenAsync(ColorScheme scheme = ColorScheme.Light, int width = 1200)
    {
        var context = await _browser.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } });
        return Patient(context);
    }

    /// <summary>A browser whose user has forbidden cookies in its settings, which forbids all storage.</summary>
    public async Task<IBrowserContext> OpenWithoutCookiesAsync()
    {
        Directory.CreateDirectory(_profile.PathOf("Default"));
        await File.WriteAllTextAsync(
            Path.Combine(_profile.PathOf("Default"), "Preferences"),
            """{"profile":{"default_content_setting_values":{"cookies":2}}}""");
        return Patient(await _playwright.Chromium.LaunchPersistentContextAsync(
            _profile.FullPath,
            new() { ExecutablePath = Program, Headless = true, Args = s_arguments }));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _profile.Dispose();
    }

    private static IBrowserContext Patient(IBrowserContext context)
    {
        // A bound, not a wait: the machine may be busy with every other test.
        context.SetDefaultTimeout(120_000);
        return context;
    }
}
