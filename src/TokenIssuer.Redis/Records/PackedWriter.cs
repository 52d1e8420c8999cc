using System.Buffers.Binary;
using System.Text;

namespace TokenIssuer.Redis.Records;

/// <summary>Writes what the scripts unpack: big-endian, odd widths allowed.</summary>
internal sealed class PackedWriter
{
    private readonly List<byte> _target = new(64);

    public PackedWriter Byte(byte value)
    {
        _target.Add(value);
        return this;
    }

    public PackedWriter Integer(long value, int width)
    {
        Span<byte> wide = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(wide, value);
        _target.AddRange(wide[(sizeof(long) - width)..]);
        return this;
    }

    public PackedWriter Bytes(ReadOnlySpan<byte> value)
    {
        _target.AddRange(value);
        return this;
    }

    public PackedWriter Text(string value, int lengthWidth)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bytes.LongLength, 1L << (8 * lengthWidth), nameof(value));
        return Integer(bytes.Length, lengthWidth).Bytes(bytes);
    }

    public byte[] ToArray() => _target.ToArray();
}
