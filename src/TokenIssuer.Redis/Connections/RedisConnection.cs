using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Connections;

/// <summary>What the connection is for: a store writes and needs Redis to keep what it is given; a feed only reads.</summary>
internal enum RedisUse
{
    ReadLog,
    Store,
}

/// <summary>
/// The one connection to Redis. It is asked for its time each second and replaced when it has been silent for a while: the
/// client library notices a socket that was closed, but not one that is dead. Nobody waits for a connection: while there is
/// none, calls fail at once.
/// </summary>
internal sealed partial class RedisConnection(RedisSettings settings, RedisUse use, TimeProvider clock, ILogger<RedisConnection> logger)
    : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_openTimeout = TimeSpan.FromSeconds(3);

    // A server may stay wrong for long; then it is left alone for a while between two looks.
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _opening = new(1, 1);
    private ConnectionMultiplexer? _current;
    private TokenStoreUnavailableException? _unsuitable;
    private readonly TaskCompletionSource _opened = NewSignal();
    private bool _isSuspect;
    private EndPoint? _address;
    private long _openedAt;
    private long _lastReply;
    private string _lastReason = string.Empty;

    public RedisSettings Settings => settings;

    /// <summary>Counts connections, so that what belongs to one (subscriptions) is noticed to be gone.</summary>
    public int Number { get; private set; }

    public bool IsCluster { get; private set; }

    public IDatabaseAsync Database => Multiplexer.GetDatabase();

    /// <exception cref="TokenStoreUnavailableException">There is no connection, or none that may be used.</exception>
    public ConnectionMultiplexer Multiplexer => Volatile.Read(ref _current)
        ?? throw Volatile.Read(ref _unsuitable)
        ?? new TokenStoreUnavailableException("There is no connection to Redis.");

    private bool IsWrong => Volatile.Read(ref _isSuspect) && clock.GetElapsedTime(_openedAt) >= s_betweenLooks;

    /// <summary>Connects if Redis is there. A Redis that answers and must not be used stops the start; one that is silent does not.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryOpenAsync(cancellationToken).ConfigureAwait(false);
        if (_unsuitable is RedisUnsuitableException reason)
        {
            throw reason;
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A server said that it is the wrong one (a replica, a stranger to the password): look again soon.</summary>
    public void Suspect() => Volatile.Write(ref _isSuspect, true);

    /// <summary>Waits for a connection; returns without one when the time is up.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        try
        {
            await _opened.Task.WaitAsync(atMost, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The caller finds out by asking for the connection.
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _ = Interlocked.Exchange(ref _current, null)?.CloseAsync(allowCommandsToComplete: false);
        _opening.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await DropAsync().ConfigureAwait(false);
    }

    internal static async Task<ConnectionMultiplexer> OpenAsync(ConfigurationOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var opening = ConnectionMultiplexer.ConnectAsync(options);
        try
        {
            var opened = await opening.WaitAsync(s_openTimeout, clock, cancellationToken).ConfigureAwait(false);

            // Or one thread would complete every reply, and sign every token. Version 2 does so always and has no such setting.
            opened.PreserveAsyncOrder = false;
            return opened;
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            // Whoever waits has left; a connection that comes about later is closed.
            _ = CloseLateAsync(opening);
            throw;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(s_interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await KeepAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // The boundary of a background loop: the next second tries again.
                Note(failure);
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _current) is { } current && !IsWrong)
        {
            try
            {
                if (await MovedToAsync(cancellationToken).ConfigureAwait(false) is { } other)
                {
                    // At once: what was revoked at the new master is not known at the old one, which answers all the same.
                    logger.MasterMoved(other);
                    await DropAsync().ConfigureAwait(false);
                }
                else
                {
                    await PingAsync(current, cancellationToken).ConfigureAwait(false);
                    _lastReply = clock.GetTimestamp();
                    return;
                }
            }
            catch (Exception failure) when (failure is RedisException or TimeoutException or TaskCanceledException or ObjectDisposedException)
            {
                var silence = clock.GetElapsedTime(_lastReply);
                if (silence < s_longestSilence)
                {
                    return;
                }

                logger.RedisSilent(silence);
            }
        }

        await TryOpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task TryOpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var options = settings.SentinelName is null
                ? settings.Options
                : await Sentinels.FindMasterAsync(settings, clock, cancellationToken).ConfigureAwait(false);
            var opened = await OpenAsync(options, clock, cancellationToken).ConfigureAwait(false);
            try
            {
                await CheckAsync(opened, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                _ = CloseAsync(opened);
                throw;
            }

            Take(opened, options.EndPoints[0]);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or TokenStoreUnavailableException or TaskCanceledException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Note(failure);
        }
        finally
        {
            _opening.Release();
        }
    }

    private void Take(ConnectionMultiplexer opened, EndPoint address)
    {
        _address = address;
        _lastReply = _openedAt = clock.GetTimestamp();
        Volatile.Write(ref _isSuspect, false);
        Volatile.Write(ref _unsuitable, null);
        _lastReason = string.Empty;
        Number++;
        var previous = Interlocked.Exchange(ref _current, opened);
        _opened.TrySetResult();
        if (previous is not null)
        {
            _ = CloseAsync(previous);
        }
    }

    private async Task CheckAsync(ConnectionMultiplexer multiplexer, CancellationToken cancellationToken)
    {
        var asked = 0;
        foreach (var endpoint in multiplexer.GetEndPoints())
        {
            var server = multiplexer.GetServer(endpoint);
            if (!server.IsConnected || (asked > 0 && server.IsSlave))
            {
                continue;
            }

            var facts = await RedisServerFacts.AskAsync(server).WaitAsync(s_interval, clock, cancellationToken).ConfigureAwait(false);
            if (facts.IsCluster && facts.Role == "slave")
            {
                continue;
            }

            if (use == RedisUse.Store)
            {
                facts.ThrowUnlessWritable();
            }
            else
            {
                facts.ThrowUnlessReadable();
            }

            asked++;
            IsCluster = facts.IsCluster;
            logger.RedisConnected(facts.Version.ToString(), endpoint.ToString() ?? string.Empty);
        }

        if (asked == 0)
        {
            throw new TokenStoreUnavailableException("No node that could be used answers.");
        }
    }

    private async Task DropAsync()
    {
        if (Interlocked.Exchange(ref _current, null) is { } open)
        {
            await CloseAsync(open).ConfigureAwait(false);
        }
    }

    private static async Task CloseLateAsync(Task<ConnectionMultiplexer> opening)
    {
        try
        {
            await CloseAsync(await opening.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // It never came about.
        }
    }

    private static async Task CloseAsync(ConnectionMultiplexer multiplexer)
    {
        try
        {
            await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or ObjectDisposedException or TaskCanceledException or TimeoutException)
        {
            // It is being thrown away; how it takes that does not matter.
        }

        multiplexer.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
