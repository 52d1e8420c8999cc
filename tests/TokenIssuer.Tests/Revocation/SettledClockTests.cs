using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Revocation;

public sealed class SettledClockTests
{
    private readonly ManualClock _clock = new();
    private readonly SettledClock _settled;

    public SettledClockTests() => _settled = new SettledClock(_clock);

    [Fact]
    public void A_clock_that_goes_at_its_pace_is_followed_however_seldom_one_looks()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(7));
        var soon = _settled.Look();
        _clock.Advance(TimeSpan.FromDays(3));

        Assert.Equal((_clock.Now - TimeSpan.FromDays(3), _clock.Now), (soon, _settled.Look()));
    }

    [Fact]
    public void A_clock_that_goes_back_is_followed()
    {
        _clock.Jump(TimeSpan.FromHours(-1));

        Assert.Equal(_clock.Now, _settled.Look());
    }

    [Fact]
    public void A_clock_set_ahead_is_followed_at_double_its_pace()
    {
        var before = _clock.Now;
        _clock.Jump(TimeSpan.FromHours(1));
        for (var i = 0; i < 20; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(30));
            _settled.Look();
        }

        Assert.Equal(before + TimeSpan.FromMinutes(20), _settled.Look());
    }

    [Fact]
    public void One_look_gains_a_minute_at_most()
    {
        var before = _clock.Now;
        _clock.Jump(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromHours(5));

        Assert.Equal(before + TimeSpan.FromMinutes(5 * 60 + 1), _settled.Look());
    }

    [Fact]
    public void A_clock_set_ahead_and_back_leaves_no_more_than_was_gained()
    {
        _clock.Jump(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromMinutes(1));
        _settled.Look();
        _clock.Jump(TimeSpan.FromHours(-1));

        Assert.Equal(_clock.Now, _settled.Look());
    }

    [Fact]
    public void A_replica_forgets_by_it()
    {
        var denylist = new Denylist(_clock);
        var until = _clock.Now + TimeSpan.FromMinutes(10);
        denylist.Merge(Page([.. Entries.OfEveryKind.Where(entry => entry is not RevocationEntry.All).Select(entry => entry with { Until = until })]));

        _clock.Jump(TimeSpan.FromHours(1));
        var held = CountAfter(denylist, minutes: 4);
        var later = CountAfter(denylist, minutes: 60);

        Assert.Equal((4, 0), (held, later));
    }

    /// <returns>What is held after so long, with a page each minute.</returns>
    private int CountAfter(Denylist denylist, int minutes)
    {
        for (var i = 0; i < minutes; i++)
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            denylist.Merge(Page([]));
        }

        return denylist.Count;
    }

    private static RevocationPage Page(IReadOnlyList<RevocationEntry> entries)
        => new(entries, new LogCursor("store", 1, [new LogPosition(4)]), TimeSpan.Zero, TimeSpan.FromMinutes(20), IsSnapshot: false);
}
