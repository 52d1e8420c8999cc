using Microsoft.Data.Sqlite;

namespace TokenIssuer.Server.Users;

/// <summary>The file of an embedded directory.</summary>
internal static class DirectoryFile
{
    /// <summary>Readable by nobody else from its first moment; SQLite gives the same mode to the files it puts beside it.</summary>
    public static void Create(string? connectionString)
    {
        var path = Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
    }
}
