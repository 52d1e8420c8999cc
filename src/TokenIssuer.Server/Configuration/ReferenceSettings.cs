using Microsoft.Data.Sqlite;

namespace TokenIssuer.Server.Configuration;

/// <summary>Finds the settings, and what they name by a relative path.</summary>
internal static class ReferenceSettings
{
    private const string FileName = "appsettings.json";
    private const string DefaultTokenStore = "Data Source=data/tokens.db";

    /// <summary>
    /// A builder on the content root, which is the working folder unless something else is asked for. Where that holds no
    /// settings, the settings beside the program count, and keys and data lie beside it too.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        return File.Exists(builder.InContentRoot(FileName))
            ? builder
            : WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    }

    public static string InContentRoot(this WebApplicationBuilder builder, string path)
        => Path.GetFullPath(path, builder.Environment.ContentRootPath);

    /// <summary>The embedded token store, <c>ConnectionStrings:Sqlite</c>.</summary>
    public static string TokenStoreAddress(this WebApplicationBuilder builder)
    {
        var configured = builder.Configuration.GetConnectionString("Sqlite");
        var address = Read(string.IsNullOrWhiteSpace(configured) ? DefaultTokenStore : configured);
        if (address.DataSource.Length == 0 || address.DataSource == ":memory:" || address.Mode == SqliteOpenMode.Memory)
        {
            throw new InvalidOperationException("ConnectionStrings:Sqlite must name a file (Data Source=data/tokens.db): what it holds has to outlive the process.");
        }

        address.DataSource = builder.InContentRoot(address.DataSource);
        return address.ToString();
    }

    private static SqliteConnectionStringBuilder Read(string configured)
    {
        try
        {
            return new SqliteConnectionStringBuilder(configured);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new InvalidOperationException(
                $"ConnectionStrings:Sqlite can't be read, it wants the form Data Source=data/tokens.db: {failure.Message}", failure);
        }
    }
}
