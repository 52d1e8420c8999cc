using System.Text;

namespace TokenIssuer.Redis.Records;

/// <summary>Reads what the scripts pack: big-endian, odd widths allowed.</summary>
internal ref struct PackedReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    public byte Byte() => Take(1)[0];

    public long Integer(int width)
    {
        var value = 0L;
        foreach (var digit in Take(width))
        {
            value = (value << 8) | digit;
        }

        return value;
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new FormatException("A packed record ends too early.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public ReadOnlySpan<byte> Rest() => Take(_rest.Length);

    /// <summary>A text that its length stands before.</summary>
    public string Text(int lengthWidth) => Encoding.UTF8.GetString(Take((int)Integer(lengthWidth)));
}
