using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using TokenIssuer.Revocation;

namespace TokenIssuer.AspNetCore.Feed;

/// <summary>
/// Hands every page of the log that this issuer's replica has followed to whoever listens, with a beat each second. The log
/// is read once for all of them, and nobody hears of a revocation that the issuer itself does not know.
/// </summary>
internal sealed class RevocationBroadcast(Denylist denylist, TimeProvider clock) : IHostedService, IDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<FeedSubscription, bool> _subscriptions = new();
    private ITimer? _timer;

    public FeedSubscription Subscribe()
    {
        var subscription = new FeedSubscription(closed => _subscriptions.TryRemove(closed, out _));
        _subscriptions[subscription] = true;
        return subscription;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        denylist.Followed += Publish;
        _timer = clock.CreateTimer(_ => Publish(new FeedMessage.Beat()), null, s_beat, s_beat);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        denylist.Followed -= Publish;
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Publish(RevocationPage page) => Publish(new FeedMessage.Page(page, clock.GetTimestamp()));

    private void Publish(FeedMessage message)
    {
        foreach (var (subscription, _) in _subscriptions)
        {
            subscription.Offer(message);
        }
    }
}

/// <summary>What a subscriber hears.</summary>
internal abstract record FeedMessage
{
    private FeedMessage()
    {
    }

    /// <summary>A page of the log and when it was seen.</summary>
    public sealed record Page(RevocationPage Content, long SeenAt) : FeedMessage;

    /// <summary>A second has passed.</summary>
    public sealed record Beat : FeedMessage;
}
