using Microsoft.Data.Sqlite;

namespace TokenIssuer.Sqlite;

/// <summary>
/// The one file of the store: where it lies, and how it is opened. Never open it other than through SQLite while a store is
/// open: closing any other handle of this process would drop SQLite's locks.
/// </summary>
internal sealed class StoreFile
{
    private readonly string _connectionString;

    public StoreFile(string connectionString)
    {
        var parts = Parse(connectionString);
        Path = System.IO.Path.GetFullPath(parts.DataSource);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = SqliteOpenMode.ReadWrite,
            Cache = SqliteCacheMode.Private,
            Pooling = false,
            Password = parts.Password,
            // Waiting is left to SQLite's busy handler, which looks every few milliseconds; this one looks every 150.
            DefaultTimeout = 1,
        }.ToString();
    }

    public string Path { get; }

    /// <summary>What the issuers remember of the store, where a restored copy of the file does not overwrite it.</summary>
    public string WitnessPath => Path + ".witness";

    /// <summary>
    /// Tells one file at this path from another that took its place: an open connection would go on with the old one, which
    /// nobody will ever read again.
    /// </summary>
    public long Identity => FileIdentity.Of(Path);

    /// <summary>Creates the file, empty and readable by its owner alone, and its folder, when there is none.</summary>
    public void EnsureExists()
    {
        if (!File.Exists(Path))
        {
            Create();
        }
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Create()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var folder = System.IO.Path.GetDirectoryName(Path) ?? ".";
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
            creation.UnixCreateMode = OwnerOnly;
        }

        try
        {
            new FileStream(Path, creation).Dispose();
        }
        catch (IOException) when (File.Exists(Path))
        {
            // Another process was first.
        }
    }

    private static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        SqliteConnectionStringBuilder parts;
        try
        {
            parts = new SqliteConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException failure)
        {
            throw new ArgumentException($"The connection string of the token store can't be read: {failure.Message}", nameof(connectionString), failure);
        }

        var isFile = parts.DataSource.Length > 0
            && parts.Mode != SqliteOpenMode.Memory
            && !parts.DataSource.StartsWith(':')
            && !parts.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        return isFile
            ? parts
            : throw new ArgumentException("The connection string of the token store must name a file: Data Source=data/tokens.db.", nameof(connectionString));
    }
}
