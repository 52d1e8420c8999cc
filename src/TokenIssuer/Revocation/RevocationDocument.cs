using System.Text.Json;
using System.Text.Json.Serialization;
using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>The wire form of a page of the revocation log: <c>/oauth/revocations</c> as JSON, and the data of its <c>snapshot</c> event.</summary>
/// <param name="Cursor">Where to read on.</param>
/// <param name="AgeMs">The issuer's own age in milliseconds; ages add.</param>
/// <param name="Retention">How long an entry written now is kept, in seconds.</param>
/// <param name="Revocations">The entries; a heartbeat has none.</param>
internal sealed record RevocationDocument(string Cursor, long AgeMs, long Retention, IReadOnlyList<RevocationItem>? Revocations)
{
    private const long Year = 366L * 24 * 3600;

    /// <summary>What is said to be older is no number of the contract.</summary>
    private const long LongestAgeMs = Year * 1000;

    /// <summary>In seconds: twice the life of an access token and 10 minutes, and that is a year at most.</summary>
    private const long LongestRetention = 3 * Year;

    public static RevocationDocument Of(RevocationPage page, TimeSpan age) => new(
        page.Cursor.ToString(),
        (long)age.TotalMilliseconds,
        (long)page.Retention.TotalSeconds,
        [.. page.Entries.Select(RevocationItem.Of)]);

    /// <exception cref="FormatException">The document does not follow the contract.</exception>
    public RevocationPage ToPage(bool isSnapshot)
    {
        // A heartbeat has no entries and need not say how long they are kept; entries that nobody says are kept would be forgotten.
        if (AgeMs is < 0 or > LongestAgeMs || Retention is < 0 or > LongestRetention || (Retention == 0 && Revocations is { Count: > 0 }))
        {
            throw new FormatException("The age or the retention of the revocation feed can't be read.");
        }

        return new RevocationPage(
            [.. (Revocations ?? []).Select(item => (item ?? throw new FormatException("An entry of the revocation feed is null.")).ToEntry())],
            LogCursor.Parse(Cursor) ?? throw new FormatException("The cursor of the revocation feed can't be read."),
            TimeSpan.FromMilliseconds(AgeMs),
            TimeSpan.FromSeconds(Retention),
            isSnapshot);
    }
}

/// <summary>The wire form of one entry, and the data of a <c>revocation</c> event. <c>user_key</c> is how a replica finds the user's tokens.</summary>
internal sealed record RevocationItem(
    string Id,
    string Kind,
    string? Sid,
    string? User,
    string? UserKey,
    string? Jti,
    string? Kid,
    long? MinGen,
    long? Floor,
    long? ApiFloor,
    long Until,
    string Reason)
{
    public static RevocationItem Of(RevocationEntry entry)
    {
        var item = new RevocationItem(
            entry.Id, string.Empty, null, null, null, null, null, null, null, null,
            entry.Until.ToUnixTimeSeconds(), JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.Reason.ToString()));
        return entry switch
        {
            RevocationEntry.Family family => item with { Kind = "family", Sid = family.Session.ToString() },
            RevocationEntry.User user => item with
            {
                Kind = "user",
                User = user.Subject.Value,
                UserKey = user.UserKey.ToString(),
                MinGen = user.Floors.Generation,
                Floor = user.Floors.Floor,
                ApiFloor = user.Floors.ApiFloor,
            },
            RevocationEntry.Token token => item with { Kind = "token", Jti = token.Jti },
            RevocationEntry.Key key => item with { Kind = "key", Kid = key.KeyId },
            RevocationEntry.All all => item with { Kind = "all", MinGen = all.MinGeneration },
            _ => throw new System.Diagnostics.UnreachableException(entry.GetType().Name),
        };
    }

    /// <exception cref="FormatException">The entry does not follow the contract: skipping it would forget a revocation.</exception>
    public RevocationEntry ToEntry()
    {
        if (Until <= 0 || Until > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            throw new FormatException($"An entry of the revocation feed is kept until {Until}, which is no time.");
        }

        var until = DateTimeOffset.FromUnixTimeSeconds(Until);
        var reason = ReadReason();
        RevocationEntry entry = Kind switch
        {
            "family" when SessionId.TryParse(Sid, out var session) => new RevocationEntry.Family(session, reason, until),
            "user" when User is { Length: > 0 and <= 255 } && UserKey is not null && MinGen is { } minGen && Floor is { } floor && ApiFloor is { } apiFloor
                => new RevocationEntry.User(
                    Families.UserKey.Parse(UserKey), new Subject(User), new UserFloors(minGen, floor, apiFloor), reason, until),
            "token" when Jti is { Length: > 0 } => new RevocationEntry.Token(Jti, reason, until),
            "key" when Kid is { Length: > 0 } => new RevocationEntry.Key(Kid, reason, until),
            "all" when MinGen is { } minGen => new RevocationEntry.All(minGen, reason, until),
            _ => throw new FormatException($"An entry of kind \"{Kind}\" of the revocation feed can't be read."),
        };
        return entry with { Id = Id ?? string.Empty };
    }

    /// <summary>A newer issuer may give reasons that this library does not know; the revocation counts all the same.</summary>
    private RevocationReason ReadReason()
        => Enum.TryParse<RevocationReason>(Reason?.Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true, out var reason)
            && Enum.IsDefined(reason)
            ? reason
            : RevocationReason.Administrator;
}

/// <summary>Serialization of the feed, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RevocationDocument))]
[JsonSerializable(typeof(RevocationItem))]
internal sealed partial class RevocationJson : JsonSerializerContext;
