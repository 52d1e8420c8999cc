using System.Globalization;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis.Records;

/// <summary>Stream ids, <c>milliseconds-sequence</c>, as positions of the log.</summary>
internal static class Positions
{
    public static LogPosition Parse(string id)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
                ? new LogPosition(major, minor)
                : throw new FormatException($"\"{id}\" is not the id of a stream entry.");
    }

    public static string Format(LogPosition position)
        => string.Create(CultureInfo.InvariantCulture, $"{position.Major}-{position.Minor}");
}
