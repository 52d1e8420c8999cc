using Microsoft.Data.Sqlite;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Sqlite;

/// <summary>Reads and writes API tokens.</summary>
internal sealed class ApiTokenTable(SqliteConnection connection) : IDisposable
{
    private const string Columns = "token_id, name, scope, secret_hash, birth, created_at, expires_at, last_used_at";

    private readonly Statement _find = new(connection, $"SELECT {Columns} FROM api_tokens WHERE user_key = ?1 AND token_id = ?2", 2);
    private readonly Statement _list = new(connection, $"SELECT {Columns} FROM api_tokens WHERE user_key = ?1", 1);

    private readonly Statement _insert = new(connection, $"""
        INSERT INTO api_tokens (user_key, {Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        """, 9);

    private readonly Statement _use = new(connection, "UPDATE api_tokens SET last_used_at = ?3 WHERE user_key = ?1 AND token_id = ?2", 3);
    private readonly Statement _delete = new(connection, "DELETE FROM api_tokens WHERE user_key = ?1 AND token_id = ?2", 2);
    private readonly Statement _deleteBelow = new(connection, "DELETE FROM api_tokens WHERE user_key = ?1 AND birth < ?2", 2);

    private readonly Statement _countOfUser = new(connection, """
        SELECT count(*) FROM api_tokens WHERE user_key = ?1 AND birth >= ?2 AND birth < ?3 AND expires_at > ?4
        """, 4);

    private readonly Statement _count = new(connection, """
        SELECT count(*) FROM api_tokens LEFT JOIN users USING (user_key)
        WHERE birth >= max(?1, coalesce(api_floor, 0)) AND birth < ?2 AND expires_at > ?3
        """, 3);

    public ApiTokenRecord? Find(ApiTokenId token, Subject subject)
    {
        using var reader = _find.Read(Identifier128.ToBytes(token.User.Value), Identifier128.ToBytes(token.Value));
        return reader.Read() ? Read(reader, token.User, subject) : null;
    }

    /// <summary>All of a user, living and dead.</summary>
    public List<ApiTokenRecord> List(UserKey user, Subject subject)
    {
        using var reader = _list.Read(Identifier128.ToBytes(user.Value));
        var tokens = new List<ApiTokenRecord>();
        while (reader.Read())
        {
            tokens.Add(Read(reader, user, subject));
        }

        return tokens;
    }

    public void Insert(ApiTokenRecord token) => _insert.Run(
        Identifier128.ToBytes(token.Id.User.Value),
        Identifier128.ToBytes(token.Id.Value),
        token.Name,
        token.Scope.ToString(),
        Identifier128.ToBytes(token.SecretHash),
        token.Birth,
        token.CreatedAt.ToUnixTimeMilliseconds(),
        token.ExpiresAt.ToUnixTimeMilliseconds(),
        token.LastUsedAt?.ToUnixTimeMilliseconds());

    public void Use(ApiTokenId token, DateTimeOffset now)
        => _use.Run(Identifier128.ToBytes(token.User.Value), Identifier128.ToBytes(token.Value), now.ToUnixTimeMilliseconds());

    public void Delete(ApiTokenId token)
        => _delete.Run(Identifier128.ToBytes(token.User.Value), Identifier128.ToBytes(token.Value));

    public void DeleteBelow(UserKey user, long floor) => _deleteBelow.Run(Identifier128.ToBytes(user.Value), floor);

    /// <summary>How many of a user's are alive above <paramref name="floor"/>, and born below <paramref name="before"/>.</summary>
    public int Count(UserKey user, long floor, long before, DateTimeOffset now)
        => (int)_countOfUser.ReadNumber(Identifier128.ToBytes(user.Value), floor, before, now.ToUnixTimeMilliseconds());

    /// <summary>How many of everybody's are alive, judged with <paramref name="all"/>, and born below <paramref name="before"/>.</summary>
    public int Count(long all, long before, DateTimeOffset now) => (int)_count.ReadNumber(all, before, now.ToUnixTimeMilliseconds());

    public void Dispose()
    {
        _find.Dispose();
        _list.Dispose();
        _insert.Dispose();
        _use.Dispose();
        _delete.Dispose();
        _deleteBelow.Dispose();
        _countOfUser.Dispose();
        _count.Dispose();
    }

    private static ApiTokenRecord Read(SqliteDataReader reader, UserKey user, Subject subject) => new(
        new ApiTokenId(user, reader.ReadIdentifier(0)),
        subject,
        reader.GetString(1),
        reader.ReadScope(2),
        reader.ReadIdentifier(3),
        reader.GetInt64(4),
        reader.ReadTime(5),
        reader.ReadTime(6),
        reader.IsDBNull(7) ? null : reader.ReadTime(7));
}
