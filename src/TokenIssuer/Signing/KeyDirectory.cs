using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.Signing;

/// <summary>
/// The folder of private keys, shared by all issuers. Files appear whole and exclusively: of ten cold starts that create the
/// same name one succeeds, and the others read what it wrote.
/// </summary>
internal sealed class KeyDirectory(string path, TimeProvider clock)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FullPath { get; } = Path.GetFullPath(path);

    /// <summary>The files of one kind, oldest first: by the number in the name, those without one before all others.</summary>
    public IReadOnlyList<KeyFile> List(string extension)
    {
        if (File.Exists(FullPath))
        {
            throw new IOException("It is a file and not a folder.");
        }

        if (!Directory.Exists(FullPath))
        {
            return [];
        }

        return Directory.EnumerateFiles(FullPath, "*" + extension)
            .Select(file => new KeyFile(file, NumberOf(file), new DateTimeOffset(File.GetLastWriteTimeUtc(file), TimeSpan.Zero)))
            .OrderBy(file => file.Number)
            .ThenBy(file => file.Path, StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>All files that hold a private key.</summary>
    public IEnumerable<KeyFile> ListPrivate() => List(KeyRing.Extension).Concat(List(RefreshKeyRing.Extension));

    /// <summary>Creates a file with mode 0600, whole or not at all.</summary>
    /// <returns>False when a file of that name was there already.</returns>
    public bool TryCreate(string name, string content)
    {
        CreateFolder();
        var target = Path.Combine(FullPath, name);
        var draft = Path.Combine(FullPath, $".{name}.{RandomNumberGenerator.GetHexString(16)}.tmp");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new FileStream(draft, options))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.SetLastWriteTimeUtc(draft, clock.GetUtcNow().UtcDateTime);
        var isCreated = ExclusiveName.TryGive(draft, target);
        File.Delete(draft);
        return isCreated;
    }

    public static void Delete(KeyFile file) => File.Delete(file.Path);

    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(FullPath);
        }
        else
        {
            Directory.CreateDirectory(FullPath, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static int NumberOf(string file)
    {
        var name = Path.GetFileName(file);
        name = name[..name.IndexOf('.', StringComparison.Ordinal)];
        var dash = name.LastIndexOf('-');
        return dash >= 0 && int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}

/// <summary>One file of the folder.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Number">The number in its name; 0 when an operator named it.</param>
/// <param name="CreatedAt">When it was written.</param>
internal sealed record KeyFile(string Path, int Number, DateTimeOffset CreatedAt)
{
    public string Read() => File.ReadAllText(Path);
}
