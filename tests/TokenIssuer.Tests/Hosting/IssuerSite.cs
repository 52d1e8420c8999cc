namespace TokenIssuer.Tests.Hosting;

/// <summary>What the issuers of one deployment share: keys, data, their name. A folder of its own outside the repository.</summary>
internal sealed class IssuerSite : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _settings;

    public IssuerSite(params (string Key, string Value)[] settings)
    {
        Port = HostProcess.FindFreePort();
        Issuer = $"http://localhost:{Port}";
        _settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["TokenIssuer:Issuer"] = Issuer,
            ["TokenIssuer:KeysDirectory"] = KeysFolder,
            ["ConnectionStrings:Sqlite"] = $"Data Source={TokenFile}",
            ["RateLimits:Enabled"] = "false",
        };
        foreach (var (key, value) in settings)
        {
            _settings[key] = value;
        }
    }

    /// <summary>The port of the first issuer, which is the one in the name.</summary>
    public int Port { get; }

    public string Issuer { get; }

    public string Folder => _folder.FullPath;

    public string KeysFolder => _folder.PathOf("keys");

    public string TokenFile => Path.Combine(_folder.FullPath, "data", "tokens.db");

    public string UserFile => Path.Combine(_folder.FullPath, "data", "users.db");

    public IReadOnlyDictionary<string, string> SettingsWith(IEnumerable<(string Key, string Value)> more)
    {
        var settings = new Dictionary<string, string>(_settings, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in more)
        {
            settings[key] = value;
        }

        return settings;
    }

    public void Dispose() => _folder.Dispose();
}
