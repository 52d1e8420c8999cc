using System.Threading.Channels;

namespace TokenIssuer.AspNetCore.Feed;

/// <summary>
/// One listener's queue. Whoever does not keep up is cut off rather than waited for: it comes back with the last cursor it
/// has seen and misses nothing.
/// </summary>
internal sealed class FeedSubscription(Action<FeedSubscription> onClosed) : IDisposable
{
    /// <summary>Minutes of beats, or most of a minute of pages that come as fast as the log is read.</summary>
    public const int Capacity = 1024;

    private readonly Channel<FeedMessage> _queue = Channel.CreateBounded<FeedMessage>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    // Never disposed: it has no timer and no wait handle, and the publisher may be about to fire it.
    private readonly CancellationTokenSource _overflow = new();

    /// <summary>Fires when the listener was too slow.</summary>
    public CancellationToken Overflow => _overflow.Token;

    public void Offer(FeedMessage message)
    {
        if (!_queue.Writer.TryWrite(message) && _queue.Writer.TryComplete())
        {
            onClosed(this);
            _ = _overflow.CancelAsync();
        }
    }

    public IAsyncEnumerable<FeedMessage> ReadAllAsync(CancellationToken cancellationToken) => _queue.Reader.ReadAllAsync(cancellationToken);

    public void Dispose()
    {
        onClosed(this);
        _queue.Writer.TryComplete();
    }
}
