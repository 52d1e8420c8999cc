namespace TokenIssuer.Tests.Hosting;

/// <summary>One issuer of a site.</summary>
internal sealed class IssuerProcess : IAsyncDisposable
{
    private const string Project = "src/TokenIssuer.Server";

    private readonly HostProcess _process;

    private IssuerProcess(HostProcess process, Uri address)
    {
        _process = process;
        Address = address;
        Client = new IssuerClient(address);
    }

    public Uri Address { get; }

    public IssuerClient Client { get; }

    public HostProcess Process => _process;

    /// <summary>The issuer that the site is named after.</summary>
    public static Task<IssuerProcess> StartAsync(IssuerSite site, params (string Key, string Value)[] settings)
        => StartAsync(site, site.Port, settings);

    /// <summary>Another issuer of the same site, beside the first.</summary>
    public static Task<IssuerProcess> StartAnotherAsync(IssuerSite site, params (string Key, string Value)[] settings)
        => StartAsync(site, HostProcess.FindFreePort(), settings);

    /// <summary>As <see cref="StartAnotherAsync"/>, without waiting for it.</summary>
    public static IssuerProcess LaunchAnother(IssuerSite site) => LaunchAt(site, HostProcess.FindFreePort(), []);

    /// <summary>An issuer that is not expected to become ready.</summary>
    public static HostProcess Launch(IssuerSite site, int port, IEnumerable<(string Key, string Value)> settings)
        => HostProcess.Start(Project, site.Folder, ["--urls", $"http://127.0.0.1:{port}"], site.SettingsWith(settings));

    public Task WaitUntilReadyAsync() => _process.WaitUntilAnsweredAsync(new Uri(Address, "/health/ready"));

    public Task KillAsync() => _process.KillAsync();

    public Task StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private static async Task<IssuerProcess> StartAsync(IssuerSite site, int port, IEnumerable<(string Key, string Value)> settings)
    {
        var issuer = LaunchAt(site, port, settings);
        try
        {
            await issuer.WaitUntilReadyAsync();
            return issuer;
        }
        catch
        {
            await issuer.DisposeAsync();
            throw;
        }
    }

    private static IssuerProcess LaunchAt(IssuerSite site, int port, IEnumerable<(string Key, string Value)> settings)
        => new(Launch(site, port, settings), new Uri($"http://127.0.0.1:{port}"));
}
