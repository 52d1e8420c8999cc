using System.Buffers.Binary;
using TokenIssuer.Families;

namespace TokenIssuer.Redis.Records;

/// <summary>
/// A family in 63 bytes: a listpack keeps entries of at most 64, and one longer entry would turn the whole hash into the
/// form that takes half as much again. Times are milliseconds; the ends are kept as distances. <c>family.lua</c> reads the same.
/// </summary>
internal static class FamilyRecord
{
    public const byte Version = 1;
    public const byte DeadVersion = 0;
    public const int IdLength = Identifier128.Size;

    /// <summary>The field of a family's metadata is named by this much of its id.</summary>
    public const int MetadataIdLength = 8;

    /// <summary>Of every generation and floor: they stay below 2^53, which Lua counts exactly.</summary>
    public const int BirthWidth = 7;

    private const int TimeWidth = 6;
    private const int DistanceWidth = 5;

    private static readonly FamilyGrant s_noGrant = new(new Subject("-"), string.Empty, Scope.None, string.Empty);

    public static byte[] Pack(TokenFamily family) => new PackedWriter()
        .Byte(Version)
        .Bytes(Identifier128.ToBytes(family.SecretHash))
        .Integer(family.Generation, sizeof(uint))
        .Integer(family.Birth, BirthWidth)
        .Byte(family.SealKeyId)
        .Integer(family.CreatedAt.ToUnixTimeMilliseconds(), TimeWidth)
        .Integer(family.RotatedAt.ToUnixTimeMilliseconds(), TimeWidth)
        .Integer(Milliseconds(family.AbsoluteEnd - family.CreatedAt), DistanceWidth)
        .Integer(Milliseconds(family.AbsoluteEnd - family.IdleEnd), DistanceWidth)
        .Bytes(PackIdempotency(family.IdempotencyHash))
        .Bytes(PackAgent(family.AgentHash))
        .ToArray();

    public static byte[] PackIdempotency(ulong hash)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hash);
        return bytes;
    }

    public static byte[] PackAgent(uint hash)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, hash);
        return bytes;
    }

    /// <exception cref="FormatException">A version that this program does not know.</exception>
    public static TokenFamily Unpack(SessionId session, Subject subject, ReadOnlySpan<byte> packed, ReadOnlySpan<byte> metadata)
    {
        var (grant, origin) = FamilyMetadata.Unpack(subject, metadata);
        return ReadLife(packed) with { Session = session, Grant = grant, Origin = origin };
    }

    /// <summary>The record alone, without a name, a grant and an origin: enough to tell whether the family is alive.</summary>
    /// <exception cref="FormatException">A version that this program does not know.</exception>
    public static TokenFamily ReadLife(ReadOnlySpan<byte> packed)
    {
        var reader = new PackedReader(packed);
        if (reader.Byte() is var version && version != Version)
        {
            throw new FormatException($"A family record has version {version}; this program knows {Version}.");
        }

        var secretHash = Identifier128.Read(reader.Take(Identifier128.Size));
        var generation = (uint)reader.Integer(sizeof(uint));
        var birth = reader.Integer(BirthWidth);
        var seal = reader.Byte();
        var createdAt = Time(reader.Integer(TimeWidth));
        var rotatedAt = Time(reader.Integer(TimeWidth));
        var absoluteEnd = createdAt.AddMilliseconds(reader.Integer(DistanceWidth));
        var idleEnd = absoluteEnd.AddMilliseconds(-reader.Integer(DistanceWidth));
        var idempotency = BinaryPrimitives.ReadUInt64BigEndian(reader.Take(sizeof(ulong)));
        var agent = BinaryPrimitives.ReadUInt32BigEndian(reader.Take(sizeof(uint)));
        return new TokenFamily(
            default, s_noGrant, SessionOrigin.Unknown, birth, secretHash, generation, seal, createdAt, rotatedAt, idleEnd, absoluteEnd, idempotency, agent);
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
