using Microsoft.Data.Sqlite;

namespace TokenIssuer.Server.Users;

/// <summary>Where the embedded user directory lies: a second file beside the token store, so that either can be restored without the other.</summary>
internal static class DirectoryAddress
{
    private const string TokensName = "tokens";
    private const string UsersName = "users";

    /// <summary>From <c>data/tokens.db</c> to <c>data/users.db</c>; from any other <c>x.db</c> to <c>x-users.db</c>.</summary>
    public static string Beside(string tokenStore)
    {
        var tokens = new SqliteConnectionStringBuilder(tokenStore).DataSource;
        var name = Path.GetFileNameWithoutExtension(tokens);
        var usersName = name == TokensName ? UsersName : $"{name}-{UsersName}";
        return new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(Path.GetDirectoryName(tokens) ?? string.Empty, usersName + Path.GetExtension(tokens)),
        }.ToString();
    }
}
