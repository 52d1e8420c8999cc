using Microsoft.Data.Sqlite;
using TokenIssuer.Families;

namespace TokenIssuer.Sqlite;

/// <summary>What is stored of a user. Gone once nothing of the user can be alive or denied any more.</summary>
internal readonly record struct UserRecord(Subject Subject, UserFloors Floors);

/// <summary>Reads and writes the records of users.</summary>
internal sealed class UserTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _find = new(connection, """
        SELECT subject, generation, floor, api_floor FROM users WHERE user_key = ?1
        """, 1);

    private readonly Statement _raise = new(connection, """
        INSERT INTO users (user_key, subject, generation, floor, api_floor, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (user_key) DO UPDATE SET
            generation = max(generation, excluded.generation),
            floor = max(floor, excluded.floor),
            api_floor = max(api_floor, excluded.api_floor),
            until = max(until, excluded.until)
        """, 6);

    private readonly Statement _highest = new(connection, "SELECT max(generation) FROM users");

    // Two steps instead of one DELETE with a subquery, for which SQLite would build and drop a table in memory each time.
    private readonly Statement _outlived = new(connection, "SELECT user_key FROM users WHERE until < ?1 ORDER BY until LIMIT 4", 1);
    private readonly Statement _deleteFamilies = new(connection, "DELETE FROM families WHERE user_key = ?1", 1);
    private readonly Statement _deleteApiTokens = new(connection, "DELETE FROM api_tokens WHERE user_key = ?1", 1);
    private readonly Statement _delete = new(connection, "DELETE FROM users WHERE user_key = ?1", 1);

    public UserRecord? Find(UserKey user)
    {
        using var reader = _find.Read(Identifier128.ToBytes(user.Value));
        return reader.Read()
            ? new UserRecord(
                new Subject(reader.GetString(0)), new UserFloors(reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)))
            : null;
    }

    /// <summary>Merges by maximum, creating the record if it is missing.</summary>
    public void Raise(UserKey user, Subject subject, UserFloors floors, DateTimeOffset until) => _raise.Run(
        Identifier128.ToBytes(user.Value), subject.Value, floors.Generation, floors.Floor, floors.ApiFloor, until.ToUnixTimeMilliseconds());

    public long HighestGeneration() => _highest.ReadNumber();

    /// <summary>Forgets a few users of whom nothing is left.</summary>
    public void Prune(DateTimeOffset now)
    {
        foreach (var user in _outlived.ReadKeys(now.ToUnixTimeMilliseconds()))
        {
            _deleteFamilies.Run(user);
            _deleteApiTokens.Run(user);
            _delete.Run(user);
        }
    }

    public void Dispose()
    {
        _find.Dispose();
        _raise.Dispose();
        _highest.Dispose();
        _outlived.Dispose();
        _deleteFamilies.Dispose();
        _deleteApiTokens.Dispose();
        _delete.Dispose();
    }
}
