using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using TokenIssuer.Redis.Connections;

namespace TokenIssuer.Redis.Feed;

/// <summary>
/// How old that may be which is read. A replica answers as gladly when its master is out of reach, and so does a master that
/// was cut off from its replicas while one of them took its place: both may lack what was revoked since.
/// </summary>
internal sealed class SourceAge(RedisConnection connection, RedisCalls calls, TimeProvider clock, ILogger<SourceAge> logger)
{
    // Beyond every bound: a link may be dead for repl-timeout before anybody says so.
    private static readonly TimeSpan s_unknown = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_recent = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<EndPoint, Sight> _complete = new();
    private Sight? _last;
    private bool _isCutOff;

    /// <summary>Asks every node that is read.</summary>
    /// <exception cref="TokenStoreUnavailableException">They do not tell, or this user may not ask: then nothing is fresh.</exception>
    public async Task<TimeSpan> MeasureAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        var askedAt = clock.GetTimestamp();
        var told = await calls.AskAsync("INFO", deadline, _ => AskAsync(), cancellationToken).ConfigureAwait(false);
        if (told.Length == 0)
        {
            throw new TokenStoreUnavailableException("No node of Redis is connected.");
        }

        var age = told.Max(node => AgeOf(node.EndPoint, node.Replication, askedAt));
        var isCutOff = told.Any(node => node.Replication.Silence is null);
        if (isCutOff && !_isCutOff)
        {
            logger.SourceCutOff(age);
        }

        _isCutOff = isCutOff;
        Volatile.Write(ref _last, new Sight(askedAt, age));
        return age;
    }

    /// <summary>As measured a moment ago, or else now.</summary>
    public async ValueTask<TimeSpan> RecallAsync(TimeSpan deadline, CancellationToken cancellationToken)
        => Volatile.Read(ref _last) is { } last && clock.GetElapsedTime(last.At) is var since && since < s_recent
            ? last.Age + since
            : await MeasureAsync(deadline, cancellationToken).ConfigureAwait(false);

    private async Task<(EndPoint EndPoint, Replication Replication)[]> AskAsync()
    {
        var multiplexer = connection.Multiplexer;
        var connected = multiplexer.GetEndPoints().Select(endpoint => multiplexer.GetServer(endpoint)).Where(server => server.IsConnected).ToList();

        // Masters are read where there are any.
        var masters = connected.FindAll(server => !server.IsSlave && connection.IsNeeded(server.EndPoint));
        return await Task.WhenAll((masters.Count > 0 ? masters : connected).Select(async server =>
            (server.EndPoint, Replication.Read(await server.InfoRawAsync("replication").ConfigureAwait(false))))).ConfigureAwait(false);
    }

    private TimeSpan AgeOf(EndPoint node, Replication replication, long askedAt)
    {
        if (replication.Silence is { } silence)
        {
            _complete[node] = new Sight(askedAt, silence);
            return silence;
        }

        return _complete.TryGetValue(node, out var complete)
            ? complete.Age + clock.GetElapsedTime(complete.At)
            : s_unknown + replication.DownSince;
    }

    private sealed record Sight(long At, TimeSpan Age);
}
