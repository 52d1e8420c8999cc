using Microsoft.Data.Sqlite;
using Npgsql;

namespace TokenIssuer.Server.Users;

/// <summary>Where the user directory is: in PostgreSQL, or a second file beside the token store, so that either can be restored without the other.</summary>
internal static class DirectoryAddress
{
    private const string TokensName = "tokens";
    private const string UsersName = "users";

    /// <summary>A database that is silent for longer than this is down, unless the operator says otherwise.</summary>
    private const int SecondsToConnect = 5;
    private const int SecondsToAnswer = 2;

    public static string OfPostgres(string configured)
    {
        try
        {
            var address = new NpgsqlConnectionStringBuilder(configured);
            address.Timeout = address.ContainsKey(nameof(address.Timeout)) ? address.Timeout : SecondsToConnect;
            address.CommandTimeout = address.ContainsKey("Command Timeout") ? address.CommandTimeout : SecondsToAnswer;
            return address.ToString();
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new InvalidOperationException(
                $"ConnectionStrings:Postgres can't be read, it wants the form Host=…;Database=…;Username=…;Password=…: {failure.Message}", failure);
        }
    }

    /// <summary>From <c>data/tokens.db</c> to <c>data/users.db</c>; from any other <c>x.db</c> to <c>x-users.db</c>.</summary>
    public static string Beside(string tokenStore)
    {
        var tokens = new SqliteConnectionStringBuilder(tokenStore).DataSource;
        var name = Path.GetFileNameWithoutExtension(tokens);
        var usersName = name == TokensName ? UsersName : $"{name}-{UsersName}";
        return new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(Path.GetDirectoryName(tokens) ?? string.Empty, usersName + Path.GetExtension(tokens)),

            // How long a call waits for another process's turn at the file; Entity Framework would wait half a minute.
            DefaultTimeout = SecondsToAnswer,
        }.ToString();
    }
}
