using StackExchange.Redis;
using TokenIssuer.Families;

namespace TokenIssuer.Redis.Records;

/// <summary>Reads the hash of a user as a whole.</summary>
internal static class UserHash
{
    private const byte UserVersion = 2;

    /// <summary>The living families, newest first.</summary>
    /// <param name="user">Whose hash it is.</param>
    /// <param name="subject">Null when there is no record of the user: then there are no families either.</param>
    /// <param name="floors">The effective ones.</param>
    /// <param name="fields">Field, value, field, value.</param>
    /// <param name="now">The time of the step.</param>
    public static IReadOnlyList<TokenFamily> ReadLiving(
        UserKey user, Subject? subject, UserFloors floors, RedisResult[] fields, DateTimeOffset now)
    {
        if (subject is not { } owner)
        {
            return [];
        }

        var values = new Dictionary<string, byte[]>(fields.Length / 2, StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i += 2)
        {
            values[Convert.ToHexString((byte[])fields[i])] = (byte[])fields[i + 1];
        }

        var living = new List<TokenFamily>();
        foreach (var (name, packed) in values)
        {
            if (name.Length != 2 * FamilyRecord.IdLength || packed[0] == FamilyRecord.DeadVersion
                || !values.TryGetValue(name[..(2 * FamilyRecord.MetadataIdLength)], out var metadata))
            {
                continue;
            }

            var session = new SessionId(user, new FamilyId(Identifier128.Read(Convert.FromHexString(name))));
            var family = FamilyRecord.Unpack(session, owner, packed, metadata);
            if (family.IsAlive(floors, now))
            {
                living.Add(family);
            }
        }

        return [.. living.OrderByDescending(family => family.CreatedAt).ThenByDescending(family => family.Session.Family.Value)];
    }

    /// <summary>How many families and API tokens of a user are alive, under the user's own floors and <paramref name="all"/>.</summary>
    /// <exception cref="FormatException">A record that this program can't read.</exception>
    public static (int Sessions, int ApiTokens) CountLiving(HashEntry[] hash, HashEntry[] tokens, long all, DateTimeOffset now)
    {
        var record = hash.FirstOrDefault(field => field.Name == "u").Value;
        if (record.IsNull)
        {
            return (0, 0);
        }

        var floors = UserFloors.All(all).Max(ReadFloors((byte[])record));
        var sessions = hash.Count(field => (byte[])field.Name is { Length: FamilyRecord.IdLength }
            && (byte[])field.Value is var packed
            && packed is not [FamilyRecord.DeadVersion, ..]
            && FamilyRecord.ReadLife(packed).IsAlive(floors, now));
        return (sessions, tokens.Count(field => PackedApiToken.IsAlive((byte[])field.Value, floors, now)));
    }

    /// <summary>Version, generation, floor, API floor: see <c>user.lua</c>.</summary>
    private static UserFloors ReadFloors(byte[] record)
    {
        var reader = new PackedReader(record);
        if (reader.Byte() is var version && version != UserVersion)
        {
            throw new FormatException($"A user record has version {version}; this program knows {UserVersion}.");
        }

        return new UserFloors(
            reader.Integer(FamilyRecord.BirthWidth), reader.Integer(FamilyRecord.BirthWidth), reader.Integer(FamilyRecord.BirthWidth));
    }
}
