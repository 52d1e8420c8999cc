using Microsoft.Data.Sqlite;
using TokenIssuer.Families;

namespace TokenIssuer.Sqlite;

/// <summary>Reads and writes token families.</summary>
internal sealed class FamilyTable(SqliteConnection connection) : IDisposable
{
    private const string Columns = """
        family_id, client_id, scope, amr, transport, binding, device, agent, address, birth, secret_hash, generation, seal_key,
        created_at, rotated_at, idle_end, absolute_end, idempotency_hash, agent_hash
        """;

    private readonly Statement _find = new(connection, $"SELECT {Columns} FROM families WHERE user_key = ?1 AND family_id = ?2", 2);
    private readonly Statement _list = new(connection, $"SELECT {Columns} FROM families WHERE user_key = ?1", 1);

    private readonly Statement _insert = new(connection, $"""
        INSERT INTO families (user_key, {Columns})
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
        """, 20);

    private readonly Statement _rotate = new(connection, """
        UPDATE families SET generation = ?3, seal_key = ?4, rotated_at = ?5, idle_end = ?6, idempotency_hash = ?7, agent_hash = ?8
        WHERE user_key = ?1 AND family_id = ?2
        """, 8);

    private readonly Statement _delete = new(connection, "DELETE FROM families WHERE user_key = ?1 AND family_id = ?2", 2);
    private readonly Statement _deleteBelow = new(connection, "DELETE FROM families WHERE user_key = ?1 AND birth < ?2", 2);

    private readonly Statement _countOfUser = new(connection, """
        SELECT count(*) FROM families WHERE user_key = ?1 AND birth >= ?2 AND birth < ?3 AND idle_end > ?4 AND absolute_end > ?4
        """, 4);

    private readonly Statement _count = new(connection, """
        SELECT count(*) FROM families LEFT JOIN users USING (user_key)
        WHERE birth >= max(?1, coalesce(floor, 0)) AND birth < ?2 AND idle_end > ?3 AND absolute_end > ?3
        """, 3);

    public TokenFamily? Find(SessionId session, Subject subject)
    {
        using var reader = _find.Read(Identifier128.ToBytes(session.User.Value), Identifier128.ToBytes(session.Family.Value));
        return reader.Read() ? Read(reader, session.User, subject) : null;
    }

    /// <summary>All of a user, living and dead.</summary>
    public List<TokenFamily> List(UserKey user, Subject subject)
    {
        using var reader = _list.Read(Identifier128.ToBytes(user.Value));
        var families = new List<TokenFamily>();
        while (reader.Read())
        {
            families.Add(Read(reader, user, subject));
        }

        return families;
    }

    public void Insert(TokenFamily family) => _insert.Run(
        Identifier128.ToBytes(family.Session.User.Value),
        Identifier128.ToBytes(family.Session.Family.Value),
        family.Grant.ClientId,
        family.Grant.Scope.ToString(),
        family.Grant.Amr,
        (long)family.Grant.Transport,
        family.Grant.Binding,
        family.Origin.Device,
        family.Origin.UserAgent,
        family.Origin.Address,
        family.Birth,
        Identifier128.ToBytes(family.SecretHash),
        (long)family.Generation,
        (long)family.SealKeyId,
        family.CreatedAt.ToUnixTimeMilliseconds(),
        family.RotatedAt.ToUnixTimeMilliseconds(),
        family.IdleEnd.ToUnixTimeMilliseconds(),
        family.AbsoluteEnd.ToUnixTimeMilliseconds(),
        unchecked((long)family.IdempotencyHash),
        (long)family.AgentHash);

    /// <summary>Writes what a rotation changes.</summary>
    public void Rotate(TokenFamily family) => _rotate.Run(
        Identifier128.ToBytes(family.Session.User.Value),
        Identifier128.ToBytes(family.Session.Family.Value),
        (long)family.Generation,
        (long)family.SealKeyId,
        family.RotatedAt.ToUnixTimeMilliseconds(),
        family.IdleEnd.ToUnixTimeMilliseconds(),
        unchecked((long)family.IdempotencyHash),
        (long)family.AgentHash);

    public void Delete(SessionId session)
        => _delete.Run(Identifier128.ToBytes(session.User.Value), Identifier128.ToBytes(session.Family.Value));

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
        _rotate.Dispose();
        _delete.Dispose();
        _deleteBelow.Dispose();
        _countOfUser.Dispose();
        _count.Dispose();
    }

    private static TokenFamily Read(SqliteDataReader reader, UserKey user, Subject subject) => new(
        new SessionId(user, new FamilyId(reader.ReadIdentifier(0))),
        new FamilyGrant(
            subject, reader.GetString(1), reader.ReadScope(2), reader.GetString(3), (TokenTransport)reader.GetInt64(4), reader.ReadText(5)),
        new SessionOrigin(reader.ReadText(6), reader.ReadText(7), reader.ReadText(8)),
        reader.GetInt64(9),
        reader.ReadIdentifier(10),
        (uint)reader.GetInt64(11),
        (byte)reader.GetInt64(12),
        reader.ReadTime(13),
        reader.ReadTime(14),
        reader.ReadTime(15),
        reader.ReadTime(16),
        unchecked((ulong)reader.GetInt64(17)),
        (uint)reader.GetInt64(18));
}
