using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>Reads and writes the revocation log: dense positions, given in the order of commit.</summary>
internal sealed class LogTable(SqliteConnection connection) : IDisposable
{
    private const string Columns = "position, kind, target, subject, generation, floor, api_floor, reason, until";

    private readonly Statement _insert = new(connection, $"INSERT INTO log ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", 9);

    private readonly Statement _isInEffect = new(connection, """
        SELECT EXISTS (SELECT 1 FROM log WHERE kind = ?1 AND target = ?2 AND generation >= ?3 AND floor >= ?4 AND api_floor >= ?5 AND until >= ?6)
        """, 6);

    private readonly Statement _readAfter = new(connection, $"SELECT {Columns} FROM log WHERE position > ?1 ORDER BY position", 1);
    private readonly Statement _readInForce = new(connection, $"SELECT {Columns} FROM log WHERE until >= ?1 AND kind <> ?2 ORDER BY position", 2);

    private readonly Statement _outlived = new(connection, "SELECT position FROM log WHERE until < ?1 ORDER BY until LIMIT 8", 1);
    private readonly Statement _delete = new(connection, "DELETE FROM log WHERE position = ?1", 1);

    private enum Kind
    {
        Family = 1,
        User = 2,
        Token = 3,
        Key = 4,
        All = 5,
    }

    /// <returns>The entry as it stands in the log.</returns>
    public RevocationEntry Insert(long position, RevocationEntry entry)
    {
        var (kind, target, subject, floors) = Split(entry);
        var until = entry.Until.ToUnixTimeMilliseconds();
        _insert.Run(position, (long)kind, target, subject, floors.Generation, floors.Floor, floors.ApiFloor, (long)entry.Reason, until);
        return entry with { Id = NameOf(position), Until = DateTimeOffset.FromUnixTimeMilliseconds(until) };
    }

    /// <summary>Whether the log says as much, or more, about the same target, until <paramref name="until"/> or longer.</summary>
    public bool IsInEffect(RevocationEntry entry, DateTimeOffset until)
    {
        var (kind, target, _, floors) = Split(entry);
        return _isInEffect.ReadNumber(
            (long)kind, target, floors.Generation, floors.Floor, floors.ApiFloor, until.ToUnixTimeMilliseconds()) != 0;
    }

    public List<RevocationEntry> ReadAfter(long position)
    {
        using var reader = _readAfter.Read(position);
        return ReadAll(reader);
    }

    /// <summary>Everything in force but what holds for everybody, which the record of the store has.</summary>
    public List<RevocationEntry> ReadInForce(DateTimeOffset now)
    {
        using var reader = _readInForce.Read(now.ToUnixTimeMilliseconds(), (long)Kind.All);
        return ReadAll(reader);
    }

    /// <summary>Forgets a few entries that are no longer in force, more than one append adds.</summary>
    /// <returns>The last position forgotten; 0 when there was none.</returns>
    public long Prune(DateTimeOffset now)
    {
        var last = 0L;
        foreach (var position in _outlived.ReadKeys(now.ToUnixTimeMilliseconds()))
        {
            _delete.Run(position);
            last = Math.Max(last, (long)position);
        }

        return last;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _isInEffect.Dispose();
        _readAfter.Dispose();
        _readInForce.Dispose();
        _outlived.Dispose();
        _delete.Dispose();
    }

    private static (Kind Kind, byte[] Target, string? Subject, UserFloors Floors) Split(RevocationEntry entry) => entry switch
    {
        RevocationEntry.Family family => (Kind.Family, ToBytes(family.Session), null, default),
        RevocationEntry.User user => (Kind.User, Identifier128.ToBytes(user.UserKey.Value), user.Subject.Value, user.Floors),
        RevocationEntry.Token token => (Kind.Token, Encoding.UTF8.GetBytes(token.Jti), null, default),
        RevocationEntry.Key key => (Kind.Key, Encoding.UTF8.GetBytes(key.KeyId), null, default),
        RevocationEntry.All all => (Kind.All, [], null, new UserFloors(all.MinGeneration, 0, 0)),
        _ => throw new UnreachableException(entry.GetType().Name),
    };

    private static List<RevocationEntry> ReadAll(SqliteDataReader reader)
    {
        var entries = new List<RevocationEntry>();
        while (reader.Read())
        {
            entries.Add(Read(reader));
        }

        return entries;
    }

    private static RevocationEntry Read(SqliteDataReader reader)
    {
        var target = reader.GetFieldValue<byte[]>(2);
        var reason = (RevocationReason)reader.GetInt32(7);
        var until = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8));
        var floors = new UserFloors(reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6));
        RevocationEntry entry = (Kind)reader.GetInt32(1) switch
        {
            Kind.Family => new RevocationEntry.Family(ToSession(target), reason, until),
            Kind.User => new RevocationEntry.User(
                new UserKey(Identifier128.Read(target)), new Subject(reader.GetString(3)), floors, reason, until),
            Kind.Token => new RevocationEntry.Token(Encoding.UTF8.GetString(target), reason, until),
            Kind.Key => new RevocationEntry.Key(Encoding.UTF8.GetString(target), reason, until),
            Kind.All => new RevocationEntry.All(floors.Generation, reason, until),
        };
        return entry with { Id = NameOf(reader.GetInt64(0)) };
    }

    private static string NameOf(long position) => position.ToString(CultureInfo.InvariantCulture);

    private static byte[] ToBytes(SessionId session)
    {
        var bytes = new byte[2 * Identifier128.Size];
        Identifier128.Write(session.User.Value, bytes);
        Identifier128.Write(session.Family.Value, bytes.AsSpan(Identifier128.Size));
        return bytes;
    }

    private static SessionId ToSession(ReadOnlySpan<byte> bytes)
        => new(new UserKey(Identifier128.Read(bytes)), new FamilyId(Identifier128.Read(bytes[Identifier128.Size..])));
}
