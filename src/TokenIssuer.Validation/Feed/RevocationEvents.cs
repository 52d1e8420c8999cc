using System.Net.ServerSentEvents;
using System.Text.Json;
using TokenIssuer.Revocation;

namespace TokenIssuer.Validation.Feed;

/// <summary>
/// Turns the events of <c>/oauth/revocations</c> into pages. Only snapshots and heartbeats say how old the issuer's own view
/// is; between them that age grows with the clock.
/// </summary>
internal sealed class RevocationEvents(TimeProvider clock)
{
    private TimeSpan _retention;
    private TimeSpan _age;
    private long _agedAt;

    /// <summary>Null for an event that this library does not know.</summary>
    /// <exception cref="FormatException">The event does not follow the contract: skipping it could forget a revocation.</exception>
    public RevocationPage? Read(SseItem<string> item)
    {
        try
        {
            return item.EventType switch
            {
                "snapshot" => Note(Parse(item.Data).ToPage(isSnapshot: true)),
                "heartbeat" => Note(Parse(item.Data).ToPage(isSnapshot: false)),
                "revocation" => new RevocationPage([ParseItem(item.Data).ToEntry()], CursorOf(item), _age + clock.GetElapsedTime(_agedAt), _retention, IsSnapshot: false),
                _ => null,
            };
        }
        catch (JsonException failure)
        {
            throw new FormatException($"The event \"{item.EventType}\" of the revocation feed can't be read.", failure);
        }
    }

    public static RevocationDocument Parse(string json)
        => JsonSerializer.Deserialize(json, RevocationJson.Default.RevocationDocument) ?? throw new FormatException("The revocation feed sent nothing.");

    private static RevocationItem ParseItem(string json)
        => JsonSerializer.Deserialize(json, RevocationJson.Default.RevocationItem) ?? throw new FormatException("The revocation feed sent no entry.");

    private static LogCursor CursorOf(SseItem<string> item)
        => LogCursor.Parse(item.EventId) ?? throw new FormatException("An event of the revocation feed has no id.");

    private RevocationPage Note(RevocationPage page)
    {
        // A heartbeat need not repeat the retention.
        _retention = page.Retention > TimeSpan.Zero ? page.Retention : _retention;
        _age = page.Age;
        _agedAt = clock.GetTimestamp();
        return page with { Retention = _retention };
    }
}
