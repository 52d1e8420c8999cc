using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Revocation;

public sealed class LogCursorTests
{
    private static readonly LogCursor s_cursor = new("AHq73BCzMVu6kNF3mkb_-w", 3, [new LogPosition(10), new LogPosition(20, 1)]);

    private static readonly Arbitrary<LogCursor> s_any =
        (from epoch in Gen.Choose(0, int.MaxValue)
         from positions in (from major in Gen.Choose(0, int.MaxValue) from minor in Gen.Elements(0, 0, 1, 77) select new LogPosition((long)major * 1000, minor)).NonEmptyListOf()
         select new LogCursor("AHq73BCzMVu6kNF3mkb_-w", epoch, [.. positions])).ToArbitrary();

    [Fact]
    public void It_reads_back_as_it_was_written()
        => Prop.ForAll(s_any, cursor => LogCursor.Parse(cursor.ToString()) is { } read && read.Equals(cursor) && read.GetHashCode() == cursor.GetHashCode())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000).WithQuietOnSuccess(true));

    [Fact]
    public void It_reads_back_with_an_entry_in_each_of_the_most_partitions_that_Redis_may_have()
    {
        var cursor = s_cursor with { Epoch = long.MaxValue, Positions = [.. Enumerable.Repeat(new LogPosition(9_999_999_999_999, 999_999), 257)] };

        var read = LogCursor.Parse(cursor.ToString());

        Assert.Equal(cursor, read);
    }

    [Fact]
    public void Its_text_is_pinned_because_replicas_keep_it()
        => Assert.Equal("AHq73BCzMVu6kNF3mkb_-w.3.10.20-1", s_cursor.ToString());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("store")]
    [InlineData("store.1")]
    [InlineData("store.x.1")]
    [InlineData("store.1.")]
    [InlineData("store.1.x")]
    [InlineData("store.1.-1")]
    [InlineData("store.-1.1")]
    [InlineData("store.1.1-")]
    [InlineData("store.1.1-x")]
    [InlineData("store.1.1-1-1")]
    [InlineData("store.1.+1")]
    [InlineData("store.1. 1")]
    [InlineData("store.1.1,0")]
    [InlineData("store.1.99999999999999999999")]
    public void Another_text_is_no_cursor(string? text) => Assert.Null(LogCursor.Parse(text));

    [Theory]
    [InlineData(6144, true)]
    [InlineData(6145, false)]
    public void A_very_long_text_is_no_cursor(int length, bool isRead)
        => Assert.Equal(isRead, LogCursor.Parse(new string('s', length - 4) + ".1.1") is not null);

    [Theory]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.10.20-1", true)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.11.20-2", true)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.9.20-1", false)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.11.20", false)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.4.10.20-1", false)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.2.10.20-1", false)]
    [InlineData("another_store_________.3.10.20-1", false)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.10", false)]
    public void It_can_be_continued_in_a_log_of_the_same_store_and_epoch_that_reaches_as_far(string tail, bool isWithin)
        => Assert.Equal(isWithin, s_cursor.IsWithin(LogCursor.Parse(tail)!));

    [Theory]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.10.20-1", true)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.3.10.19", false)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.4.1.1", true)]
    [InlineData("AHq73BCzMVu6kNF3mkb_-w.2.99.99", false)]
    public void A_log_has_reached_a_witness_when_neither_epoch_nor_position_is_behind_it(string tail, bool hasReached)
        => Assert.Equal(hasReached, LogCursor.Parse(tail)!.HasReached(s_cursor));

    [Fact]
    public void Positions_are_ordered_by_their_halves()
    {
        LogPosition[] ordered = [LogPosition.Start, new(0, 1), new(1), new(1, 5), new(2)];

        Assert.Equal(ordered, ordered.Reverse().Order());
        Assert.True(ordered[0] < ordered[1] && ordered[3] > ordered[2] && ordered[2] <= ordered[2] && ordered[4] >= ordered[3]);
    }
}
