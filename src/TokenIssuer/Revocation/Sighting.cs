using System.Globalization;

namespace TokenIssuer.Revocation;

/// <summary>What a witness remembers of a store.</summary>
/// <param name="Cursor">Which store it is, and up to where its log was read.</param>
/// <param name="HighestGeneration">The highest seen for anyone: whatever store takes the place of this one has to begin above it.</param>
internal sealed record Sighting(LogCursor Cursor, long HighestGeneration)
{
    /// <summary>A line for each. Where an earlier version wrote there is no second one.</summary>
    public static Sighting? Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length is 0 or > 2 || LogCursor.Parse(lines[0]) is not { } cursor)
        {
            return null;
        }

        var highest = 0L;
        return lines.Length == 1 || long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out highest)
            ? new Sighting(cursor, highest)
            : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cursor}\n{HighestGeneration}\n");
}
