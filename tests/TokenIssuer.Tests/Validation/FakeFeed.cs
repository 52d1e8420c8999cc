using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Validation;

/// <summary>A log in memory. Followers wait for ever: tests merge what they want a replica to know.</summary>
internal sealed class FakeFeed : IRevocationFeed
{
    private readonly List<RevocationEntry> _log = [];

    public string Source => "fake";

    /// <summary>Thrown by every read while set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>How old a read says that it is.</summary>
    public TimeSpan Age { get; set; }

    public int Reads { get; private set; }

    public static TimeSpan Retention { get; } = TimeSpan.FromMinutes(20);

    public LogCursor Cursor => CursorAt(_log.Count);

    public static LogCursor CursorAt(long position) => new("AAAAAAAAAAAAAAAAAAAAAA", 1, ImmutableArray.Create(new LogPosition(position)));

    /// <summary>An empty page that says: this is all there is, as of now.</summary>
    public static RevocationPage Heartbeat(TimeSpan? age = null) => new([], CursorAt(0), age ?? TimeSpan.Zero, Retention, IsSnapshot: false);

    public void Append(RevocationEntry entry) => _log.Add(entry);

    public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        yield break;
    }

    public ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken)
    {
        Reads++;
        return Failure is { } failure
            ? ValueTask.FromException<RevocationPage>(failure)
            : new(new RevocationPage([.. _log.Skip((int)(after?.Positions[0].Major ?? 0))], Cursor, Age, Retention, after is null));
    }
}
