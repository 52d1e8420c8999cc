using Microsoft.Extensions.Logging.Abstractions;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Signing;

/// <summary>A folder of signing keys and the rings that share it.</summary>
internal sealed class KeyFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ManualClock Clock { get; } = new();

    public TokenIssuerOptions Options { get; } = new() { Keys = { Generate = true } };

    public string FullPath => _folder.FullPath;

    public IReadOnlyList<string> Files => [.. Directory.GetFileSystemEntries(FullPath).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>The phases as every ring must see them, such as <c>1 Signing, 2 Announced</c>.</summary>
    public static string PhasesOf(KeyRing ring) => string.Join(", ", ring.Keys.Select(key => $"{key.File.Number} {key.Phase}"));

    public KeyRing NewRing() => new(
        new KeyDirectory(FullPath, Clock), Microsoft.Extensions.Options.Options.Create(Options), Clock, NullLogger<KeyRing>.Instance);

    public KeyRing LoadRing()
    {
        var ring = NewRing();
        ring.Load();
        return ring;
    }

    public string PathOf(string name) => _folder.PathOf(name);

    /// <summary>Puts a file there, as an operator would.</summary>
    public void Deploy(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        File.SetLastWriteTimeUtc(PathOf(name), Clock.Now.UtcDateTime);
    }

    public void Dispose() => _folder.Dispose();
}
