using System.Buffers.Binary;
using System.Buffers.Text;

namespace TokenIssuer.Families;

/// <summary>Reads and writes 16-byte identifiers, big-endian, as bytes and as base64url.</summary>
internal static class Identifier128
{
    public const int Size = 16;

    public static UInt128 Read(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt128BigEndian(source);

    public static void Write(UInt128 value, Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, value);

    public static byte[] ToBytes(UInt128 value)
    {
        var bytes = new byte[Size];
        Write(value, bytes);
        return bytes;
    }

    public static string ToBase64Url(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(value, bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
