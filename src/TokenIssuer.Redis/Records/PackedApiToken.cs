using System.Text;
using StackExchange.Redis;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Redis.Records;

/// <summary>An API token, packed. <c>api-token.lua</c> reads all but the scope and the name.</summary>
internal static class PackedApiToken
{
    public const byte Version = 1;
    private const byte DeadVersion = 0;
    private const int TimeWidth = 6;
    private static readonly Subject s_nobody = new("-");

    public static byte[] Pack(ApiTokenRecord token) => new PackedWriter()
        .Byte(Version)
        .Bytes(Identifier128.ToBytes(token.SecretHash))
        .Integer(token.Birth, FamilyRecord.BirthWidth)
        .Integer(token.CreatedAt.ToUnixTimeMilliseconds(), TimeWidth)
        .Integer(token.ExpiresAt.ToUnixTimeMilliseconds(), TimeWidth)
        .Integer(token.LastUsedAt?.ToUnixTimeMilliseconds() ?? 0, TimeWidth)
        .Text(token.Scope.ToString(), sizeof(ushort))
        .Bytes(Encoding.UTF8.GetBytes(token.Name))
        .ToArray();

    /// <exception cref="FormatException">A version that this program does not know.</exception>
    public static ApiTokenRecord Unpack(ApiTokenId id, Subject subject, ReadOnlySpan<byte> packed)
    {
        var reader = new PackedReader(packed);
        if (reader.Byte() is var version && version != Version)
        {
            throw new FormatException($"An API token has version {version}; this program knows {Version}.");
        }

        var secretHash = Identifier128.Read(reader.Take(Identifier128.Size));
        var birth = reader.Integer(FamilyRecord.BirthWidth);
        var createdAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.Integer(TimeWidth));
        var expiresAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.Integer(TimeWidth));
        var used = reader.Integer(TimeWidth);
        if (!Scope.TryParse(reader.Text(sizeof(ushort)), out var scope))
        {
            throw new FormatException("An API token holds no scope.");
        }

        return new ApiTokenRecord(
            id, subject, Encoding.UTF8.GetString(reader.Rest()), scope, secretHash, birth, createdAt, expiresAt,
            used == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(used));
    }

    public static bool IsAlive(byte[] packed, UserFloors floors, DateTimeOffset now)
        => packed is not [DeadVersion, ..] && Unpack(default, s_nobody, packed).IsAlive(floors, now);

    /// <summary>The living ones, newest first.</summary>
    public static IReadOnlyList<ApiTokenRecord> ReadLiving(
        UserKey user, Subject subject, UserFloors floors, RedisResult[] fields, DateTimeOffset now)
    {
        var living = new List<ApiTokenRecord>(fields.Length / 2);
        for (var i = 0; i < fields.Length; i += 2)
        {
            var packed = (byte[])fields[i + 1];
            if (packed[0] != DeadVersion)
            {
                living.Add(Unpack(new ApiTokenId(user, Identifier128.Read((byte[])fields[i])), subject, packed));
            }
        }

        return [.. living.Where(token => token.IsAlive(floors, now)).OrderByDescending(token => token.CreatedAt)];
    }
}
