using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace TokenIssuer.Revocation;

/// <summary>
/// Up to where a replica has read the log. Opaque to followers and valid on every issuer: it names the store and its
/// epoch, so that a cursor of a lost or rolled-back store is noticed instead of silently skipping entries.
/// </summary>
/// <param name="StoreId">Drawn at random when the store was born: 22 base64url characters.</param>
/// <param name="Epoch">Raised each time a loss was healed.</param>
/// <param name="Positions">The last entry read in each partition, the global log last.</param>
internal sealed record LogCursor(string StoreId, long Epoch, ImmutableArray<LogPosition> Positions)
{
    // Enough for 256 partitions and the global log of Redis, each at a position of 21 characters; fits a line of HTTP.
    private const int MaxLength = 6144;

    /// <summary>Whether a log whose end is <paramref name="tail"/> still holds everything up to this cursor.</summary>
    public bool IsWithin(LogCursor tail) => IsSameLog(tail) && Positions.Zip(tail.Positions).All(pair => pair.First <= pair.Second);

    /// <summary>Whether a log that ends here has everything that <paramref name="seen"/> had: no smaller epoch, no shorter partition.</summary>
    public bool HasReached(LogCursor seen)
        => Epoch >= seen.Epoch && (Epoch > seen.Epoch || seen.IsWithin(this));

    /// <summary>Whether both speak of the same store in the same epoch.</summary>
    public bool IsSameLog(LogCursor other)
        => StoreId == other.StoreId && Epoch == other.Epoch && Positions.Length == other.Positions.Length;

    public static LogCursor? Parse(string? text)
    {
        if (text is null or { Length: 0 or > MaxLength })
        {
            return null;
        }

        var parts = text.Split('.');
        if (parts.Length < 3 || !TryParse(parts[1], out var epoch))
        {
            return null;
        }

        var positions = ImmutableArray.CreateBuilder<LogPosition>(parts.Length - 2);
        foreach (var part in parts.AsSpan(2))
        {
            var dash = part.IndexOf('-', StringComparison.Ordinal);
            var minor = 0L;
            if (!TryParse(dash < 0 ? part : part[..dash], out var major) || (dash >= 0 && !TryParse(part[(dash + 1)..], out minor)))
            {
                return null;
            }

            positions.Add(new LogPosition(major, minor));
        }

        return new LogCursor(parts[0], epoch, positions.MoveToImmutable());
    }

    public bool Equals(LogCursor? other) => other is not null && IsSameLog(other) && Positions.SequenceEqual(other.Positions);

    public override int GetHashCode() => HashCode.Combine(StoreId, Epoch, Positions.Length);

    public override string ToString()
    {
        var text = new StringBuilder(StoreId).Append('.').Append(CultureInfo.InvariantCulture, $"{Epoch}");
        foreach (var position in Positions)
        {
            text.Append(CultureInfo.InvariantCulture, $".{position.Major}");
            if (position.Minor != 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{position.Minor}");
            }
        }

        return text.ToString();
    }

    private static bool TryParse(string text, out long value)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
