using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Feed;

/// <summary>
/// Wakes a follower: rung by Redis when a log has grown, and by the issuer's own steps when they met a loss. It says which
/// log, nothing else; whoever rings it without reason costs one read.
/// </summary>
internal sealed class Doorbell(LossAlarm alarm, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<int, bool> _rung = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private ConnectionMultiplexer? _attached;
    private RedisKeys? _keys;
    private int _everything;

    /// <summary>Listens on this connection to these logs; once for each, and again to what the client library has forgotten.</summary>
    public async Task AttachAsync(ConnectionMultiplexer multiplexer, RedisKeys keys, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(multiplexer, _attached) && ReferenceEquals(keys, _keys))
        {
            if (IsForgotten(multiplexer, keys))
            {
                await ListenAgainAsync(multiplexer, keys, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        if (_attached is null)
        {
            alarm.Raised += RingAll;
        }
        else if (ReferenceEquals(multiplexer, _attached) && _keys is { } former)
        {
            await LeaveAsync(multiplexer, former).WaitAsync(TimeSpan.FromSeconds(1), clock, cancellationToken).ConfigureAwait(false);
        }

        _attached = multiplexer;
        _keys = keys;
        await ListenAsync(multiplexer, keys, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until it is rung, at most as long as told.</summary>
    /// <returns>The logs that have grown; null when everything is to be read.</returns>
    public async Task<IReadOnlyList<int>?> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (atMost <= TimeSpan.Zero)
        {
            return null;
        }

        using var timeUp = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeUp.Token, cancellationToken);
        try
        {
            await _signal.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        var rung = _rung.Keys.ToList();
        foreach (var log in rung)
        {
            _rung.TryRemove(log, out _);
        }

        return Interlocked.Exchange(ref _everything, 0) == 1 ? null : rung;
    }

    public void Dispose()
    {
        alarm.Raised -= RingAll;
        if (_attached is { } multiplexer && _keys is { } keys)
        {
            _ = LeaveAsync(multiplexer, keys);
        }
    }

    /// <summary>
    /// Where both sockets are cut, the client library may take a subscription from its server and give it to none, also when the
    /// sockets are back: nobody would ring any more.
    /// </summary>
    private static bool IsForgotten(ConnectionMultiplexer multiplexer, RedisKeys keys)
    {
        var subscriber = multiplexer.GetSubscriber();
        return Enumerable.Range(0, keys.Partitions + 1).Any(log => subscriber.SubscribedEndpoint(keys.Doorbell(log)) is null);
    }

    private async Task ListenAgainAsync(ConnectionMultiplexer multiplexer, RedisKeys keys, CancellationToken cancellationToken)
    {
        try
        {
            await LeaveAsync(multiplexer, keys).WaitAsync(TimeSpan.FromSeconds(1), clock, cancellationToken).ConfigureAwait(false);
            await ListenAsync(multiplexer, keys, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The read of every second goes on without a doorbell, and the next one tries again.
        }
    }

    private Task ListenAsync(ConnectionMultiplexer multiplexer, RedisKeys keys, CancellationToken cancellationToken)
    {
        var subscriber = multiplexer.GetSubscriber();
        return Task.WhenAll(Enumerable.Range(0, keys.Partitions + 1).Select(log => subscriber.SubscribeAsync(keys.Doorbell(log), (_, _) => Ring(log))))
            .WaitAsync(TimeSpan.FromSeconds(1), clock, cancellationToken);
    }

    private static async Task LeaveAsync(ConnectionMultiplexer multiplexer, RedisKeys keys)
    {
        try
        {
            foreach (var log in Enumerable.Range(0, keys.Partitions + 1))
            {
                await multiplexer.GetSubscriber().UnsubscribeAsync(keys.Doorbell(log)).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is RedisException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection is gone, and the subscriptions with it.
        }
    }

    private void Ring(int log)
    {
        _rung[log] = true;
        Signal();
    }

    private void RingAll()
    {
        Interlocked.Exchange(ref _everything, 1);
        Signal();
    }

    private void Signal()
    {
        try
        {
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Somebody else rang in the same moment.
        }
    }
}
