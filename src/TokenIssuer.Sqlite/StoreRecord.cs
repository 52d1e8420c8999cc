using System.Globalization;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>The one row about the store itself. Never expires.</summary>
/// <param name="StoreId">Drawn at its birth.</param>
/// <param name="Epoch">Raised each time a loss was healed.</param>
/// <param name="Tail">The last position of the log ever given; pruning never moves it.</param>
/// <param name="Pruned">The last position that is no longer in the log.</param>
/// <param name="AllGeneration">Everything below it is dead, whoever's it is.</param>
/// <param name="AllReason">Why it was raised last.</param>
/// <param name="AllPosition">Where that stands in the log.</param>
/// <param name="Retention">The largest ever configured, in milliseconds.</param>
/// <param name="Latest">The latest time of any step, to the minute, in milliseconds.</param>
/// <param name="SealKey">The fingerprint of the refresh key that seals; null before any issuer has looked.</param>
internal sealed record StoreRecord(
    string StoreId, long Epoch, long Tail, long Pruned, long AllGeneration, RevocationReason AllReason, long AllPosition, long Retention, long Latest, string? SealKey)
{
    private const long LatestPrecision = 60_000;

    /// <summary>A clock is believed to have been ahead by this much at most: an entry that lasted for ever would never be forgotten.</summary>
    private static readonly TimeSpan s_mostAhead = TimeSpan.FromDays(1);

    public LogCursor Cursor => new(StoreId, Epoch, [new LogPosition(Tail)]);

    public TimeSpan RetentionTime => TimeSpan.FromMilliseconds(Retention);

    /// <summary>
    /// How long an entry written at <paramref name="now"/> is kept. It is counted from the latest time at which a token may have
    /// been minted: the clock may have been ahead, and was set back.
    /// </summary>
    public TimeSpan RetentionAt(DateTimeOffset now)
    {
        var ahead = TimeSpan.FromMilliseconds(Math.Max(0, Latest - now.ToUnixTimeMilliseconds()));
        return RetentionTime + (ahead < s_mostAhead ? ahead : s_mostAhead);
    }

    /// <summary>A token may be minted with this time.</summary>
    public StoreRecord Seen(DateTimeOffset now)
        => now.ToUnixTimeMilliseconds() >= Latest + LatestPrecision ? this with { Latest = now.ToUnixTimeMilliseconds() } : this;

    /// <summary>The effective values: own, everybody's, and what the caller knows.</summary>
    public UserFloors FloorsOf(UserRecord? user, UserFloors known)
    {
        var floors = UserFloors.All(AllGeneration).Max(known);
        return user is { } own ? floors.Max(own.Floors) : floors;
    }

    /// <summary>What holds for everybody. It holds for ever, so a snapshot gives it a full life each time.</summary>
    public RevocationEntry.All AllEntry(DateTimeOffset now) => new(AllGeneration, AllReason, now + RetentionAt(now))
    {
        Id = AllPosition.ToString(CultureInfo.InvariantCulture),
    };

    /// <exception cref="TokenStoreLossException">This is not the store the caller has seen, or it has lost its last entries.</exception>
    public void ThrowUnlessSeen(LogCursor? seen)
    {
        if (seen is not null && !Has(seen))
        {
            throw new TokenStoreLossException($"The token store has lost what was seen: known {seen}, found {Cursor}.");
        }
    }

    /// <summary>Whether the log still holds, or has rightly forgotten, everything up to a cursor.</summary>
    public bool Has(LogCursor seen)
        => seen.StoreId == StoreId && seen.Epoch == Epoch && seen.Positions.Length == 1 && seen.Positions[0] <= new LogPosition(Tail);
}
