using TokenIssuer.Revocation;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Introspection;

/// <summary>
/// Counts how often the revocation log was not followed from page to page: a snapshot instead of a continuation, another
/// store or epoch, a silence past the staleness bound. What an issuer vouched for before that is not taken for granted after it.
/// </summary>
internal sealed class LogContinuity
{
    private readonly Denylist _denylist;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _bound;
    private Followed? _last;
    private long _era;

    public LogContinuity(Denylist denylist, TokenRules rules, TimeProvider clock)
    {
        _denylist = denylist;
        _clock = clock;
        _bound = rules.MaxStaleness ?? TimeSpan.Zero;
        if (denylist.Cursor is { } cursor)
        {
            _last = new Followed(cursor, denylist.Age, clock.GetTimestamp());
        }

        denylist.Followed += Note;
    }

    public long Era => Volatile.Read(ref _era);

    /// <summary>Whether the log was followed without a gap since <paramref name="era"/>, up to now.</summary>
    public bool Holds(long era) => era == Era && _denylist.IsLoaded && _denylist.Age <= _bound;

    private void Note(RevocationPage page)
    {
        var isContinued = _last is { } last && !page.IsSnapshot && page.Cursor.IsSameLog(last.Cursor)
            && last.Age + _clock.GetElapsedTime(last.Timestamp) <= _bound;
        if (!isContinued)
        {
            Volatile.Write(ref _era, _era + 1);
        }

        _last = new Followed(page.Cursor, page.Age, _clock.GetTimestamp());
    }

    private sealed record Followed(LogCursor Cursor, TimeSpan Age, long Timestamp);
}
