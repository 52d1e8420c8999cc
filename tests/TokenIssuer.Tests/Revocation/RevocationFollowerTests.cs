using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;

namespace TokenIssuer.Tests.Revocation;

public sealed class RevocationFollowerTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly ScriptedFeed _feed = new();
    private readonly CapturedLog _log = new();
    private readonly Denylist _denylist;
    private readonly RevocationFollower _follower;

    public RevocationFollowerTests()
    {
        _denylist = new Denylist(_clock);
        _follower = new RevocationFollower(_feed, _denylist, _clock, new LoggerFactory([_log]).CreateLogger<RevocationFollower>());
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _follower.StartAsync(Cancelled);

    public async ValueTask DisposeAsync()
    {
        await _follower.StopAsync(Cancelled);
        _follower.Dispose();
    }

    [Fact]
    public async Task It_starts_from_nothing_and_merges_every_page()
    {
        Assert.Null(await _feed.FollowedAsync());

        await _feed.SendAsync(Page(1, Entries.Family));
        await _feed.SendAsync(Page(2));

        Assert.True(_denylist.IsLoaded);
        Assert.True(_denylist.Lists(Entries.Session));
        Assert.Equal(Page(2).Cursor, _denylist.Cursor);
    }

    [Fact]
    public async Task After_a_failure_it_pauses_and_reads_on_from_its_cursor()
    {
        await _feed.FollowedAsync();
        await _feed.SendAsync(Page(7));
        await _feed.FailAsync(new IOException("cut"));

        await PauseAsync(TimeSpan.FromMilliseconds(100));

        Assert.Equal(Page(7).Cursor, await _feed.FollowedAsync());
    }

    [Fact]
    public async Task Its_pauses_grow_to_two_seconds_and_start_over_with_the_next_page()
    {
        await _feed.FollowedAsync();
        foreach (var pause in new[] { 100, 200, 400, 800, 1600, 2000, 2000 })
        {
            await _feed.FailAsync(new TokenStoreUnavailableException());
            await PauseAsync(TimeSpan.FromMilliseconds(pause));
            await _feed.FollowedAsync();
        }

        await _feed.SendAsync(Page(1));
        await _feed.FailAsync(new TokenStoreUnavailableException());
        await PauseAsync(TimeSpan.FromMilliseconds(100));
        await _feed.FollowedAsync();
    }

    [Fact]
    public async Task An_outage_is_told_in_full_when_it_begins_and_then_once_a_minute_in_a_line()
    {
        await _feed.FollowedAsync();
        for (var failures = 0; failures < 36; failures++)
        {
            await _feed.FailAsync(new IOException("cut", new TimeoutException("inner")));
            await PauseAsync(await _clock.NextTimerAsync(Cancelled));
            await _feed.FollowedAsync();
        }

        Assert.Equal(2, _log.Lines.Count);
        Assert.Contains("inner", _log.Lines.First(), StringComparison.Ordinal);
        Assert.EndsWith("cut ", _log.Lines.Last(), StringComparison.Ordinal);

        await _feed.SendAsync(Page(1));
        await _feed.FailAsync(new IOException("cut again"));
        await PauseAsync(await _clock.NextTimerAsync(Cancelled));
        await _feed.FollowedAsync();
        Assert.Contains("System.IO.IOException: cut again", _log.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_it_is_cut_off_the_replica_ages()
    {
        await _feed.FollowedAsync();
        await _feed.SendAsync(Page(1));
        Assert.Equal(TimeSpan.Zero, _denylist.Age);
        await _feed.FailAsync(new IOException("cut"));

        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(TimeSpan.FromSeconds(31), _denylist.Age);
    }

    [Fact]
    public async Task It_stops_when_it_is_told_to()
    {
        await _feed.FollowedAsync();

        await _follower.StopAsync(Cancelled);

        Assert.True(_follower.ExecuteTask?.IsCompletedSuccessfully);
    }

    /// <summary>Lets the one pause that the follower makes pass, no more and no less.</summary>
    private async Task PauseAsync(TimeSpan expected)
    {
        Assert.Equal(expected, await _clock.NextTimerAsync(Cancelled));
        _clock.Advance(expected);
    }

    private static RevocationPage Page(long position, params RevocationEntry[] entries)
        => new(entries, new LogCursor("store", 1, [new LogPosition(position)]), TimeSpan.Zero, TimeSpan.FromMinutes(20), IsSnapshot: position == 1);

    /// <summary>A feed that says what a test writes, and tells when it was taken.</summary>
    private sealed class ScriptedFeed : IRevocationFeed
    {
        private readonly Channel<LogCursor?> _followed = Channel.CreateUnbounded<LogCursor?>();
        private Channel<RevocationPage> _pages = Channel.CreateUnbounded<RevocationPage>();
        private TaskCompletionSource _taken = new();

        public string Source => "script";

        public async Task<LogCursor?> FollowedAsync() => await _followed.Reader.ReadAsync(Cancelled);

        public async Task SendAsync(RevocationPage page)
        {
            _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await _pages.Writer.WriteAsync(page, Cancelled);
            await _taken.Task.WaitAsync(Cancelled);
        }

        public Task FailAsync(Exception failure)
        {
            var failed = _pages;
            _pages = Channel.CreateUnbounded<RevocationPage>();
            failed.Writer.Complete(failure);
            return Task.CompletedTask;
        }

        public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var pages = _pages;
            await _followed.Writer.WriteAsync(after, cancellationToken);
            await foreach (var page in pages.Reader.ReadAllAsync(cancellationToken))
            {
                yield return page;

                // The follower asks for the next page once it has merged this one.
                _taken.TrySetResult();
            }
        }

        public ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
