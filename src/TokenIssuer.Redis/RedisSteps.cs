using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Feed;
using TokenIssuer.Redis.Records;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <summary>Whether a step may still happen after its caller gave up.</summary>
internal enum StepDeadline
{
    /// <summary>Never: it answers <see cref="StepCode.Late"/> and does nothing.</summary>
    Caller,

    /// <summary>Late is still right: revoking one thing.</summary>
    None,
}

/// <summary>A step's reply, the log it ran on, and the time it was told.</summary>
internal readonly record struct StepReply(StepCode Code, RedisResult[] Values, int Log, DateTimeOffset Now);

/// <summary>Runs one script as one step: one round trip, in the time of the node it runs on, with what the caller knows.</summary>
internal sealed class RedisSteps(
    RedisConnection connection, RedisCalls calls, LossAlarm alarm, TimeProvider clock, IOptions<TokenIssuerOptions> options, ILogger<RedisSteps> logger)
{
    private const int Attempts = 2;

    private readonly Lock _fixing = new();
    private RedisLayout? _layout;
    private int _disappearances;

    /// <exception cref="TokenStoreUnavailableException">There was no connection yet.</exception>
    public RedisLayout Layout => Volatile.Read(ref _layout) ?? FixLayout();

    public RedisKeys Keys => Layout.Keys;

    /// <summary>How often a reply has said that there is no store: since then one must be born.</summary>
    public int Disappearances => Volatile.Read(ref _disappearances);

    private RedisSettings Settings => connection.Settings;

    /// <summary>A step of a log.</summary>
    /// <param name="script">What to do.</param>
    /// <param name="log">The log it writes to.</param>
    /// <param name="subjects">KEYS[1], and KEYS[5] where there is one.</param>
    /// <param name="known">What the caller has seen; null where that does not matter.</param>
    /// <param name="deadline">Whether late is wrong.</param>
    /// <param name="arguments">ARGV[12] and on, made from the time of the step.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<StepReply> RunAsync(
        Script script,
        int log,
        RedisKey[] subjects,
        Knowledge? known,
        StepDeadline deadline,
        Func<DateTimeOffset, RedisValue[]> arguments,
        CancellationToken cancellationToken)
    {
        var keys = Keys;
        RedisKey[] names = [subjects[0], keys.State(log), keys.ReadableGlobalState(log), keys.Stream(log), .. subjects[1..]];
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            ThrowIfClocksApart(log);
            var now = Layout.ClockOf(log).Now;
            var until = deadline == StepDeadline.Caller ? DeadlineAfter(now, log) : 0;
            RedisValue[] all = [.. Common(now, until, log, known), .. arguments(now)];
            var reply = await SendAsync(script, log, names[..script.KeyCount], all, cancellationToken).ConfigureAwait(false);
            switch (reply.Code)
            {
                case StepCode.Late:
                    logger.StepLate(script.Name);
                    break;
                case StepCode.Loss:
                    alarm.Raise();
                    throw new TokenStoreLossException("The log in Redis is not the one that was followed.");
                case StepCode.Unborn:
                    throw new TokenStoreLossException("Redis holds no store.");
                case StepCode.Unreadable:
                    logger.RecordUnreadable(script.Name);
                    throw new RecordUnreadableException($"{script} found a record of a version that this program does not know.");
                case StepCode.Done or StepCode.GenerationMoved or StepCode.LimitReached or StepCode.EpochMoved:
                    return reply with { Now = now };
                case var verdict when Enum.IsDefined((RotationVerdict)(int)verdict):
                    return reply with { Now = now };
                default:
                    throw new UnreachableException($"{script} answered {(int)reply.Code}.");
            }
        }

        throw new TokenStoreUnavailableException($"Redis ran {script} after its deadline, twice.");
    }

    /// <summary>A script that is no step of a log, with arguments of its own.</summary>
    public async Task<StepReply> SendAsync(Script script, int log, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        var sentAt = clock.GetTimestamp();
        var values = await calls.AskAsync(
            script.Name, Settings.Deadline, database => script.EvaluateAsync(database, keys, arguments), cancellationToken).ConfigureAwait(false);
        var code = (StepCode)(int)(long)values[0];
        if (Settings.FollowsRedisTime)
        {
            var redisTime = DateTimeOffset.FromUnixTimeMilliseconds((long)values[1]);
            if (code == StepCode.Late)
            {
                Layout.ClockOf(log).Correct(redisTime, sentAt);
            }
            else
            {
                Layout.ClockOf(log).Note(redisTime, sentAt);
            }
        }

        if (code == StepCode.Unborn)
        {
            // Whoever asked, the client library may have reconnected without anybody noticing that Redis is another.
            Interlocked.Increment(ref _disappearances);
            alarm.Raise();
        }

        return new StepReply(code, values, log, default);
    }

    /// <summary>Reads what a step found.</summary>
    /// <exception cref="TokenStoreUnavailableException">A record of a version that this program does not know.</exception>
    public T Unpack<T>(Script script, Func<T> unpack) => calls.Unpack(script.Name, unpack);

    /// <exception cref="TokenStoreUnavailableException">This host's clock or Redis's is wrong.</exception>
    public void ThrowIfClocksApart(int log)
    {
        var offset = Layout.ClockOf(log).Offset;
        if (offset.Duration() > RedisClock.MaxOffset)
        {
            logger.ClocksApart(offset, RedisClock.MaxOffset);
            throw new TokenStoreUnavailableException(
                $"The clock of this host and that of Redis are {offset.Duration()} apart; more than {RedisClock.MaxOffset} is not served.");
        }
    }

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Milliseconds(DateTimeOffset time) => Number(time.ToUnixTimeMilliseconds());

    public static string Milliseconds(TimeSpan span) => Number((long)span.TotalMilliseconds);

    private RedisLayout FixLayout()
    {
        _ = connection.Multiplexer;
        lock (_fixing)
        {
            return _layout ??= new RedisLayout(Settings, RedisLayout.PartitionsFor(Settings, connection), clock);
        }
    }

    private long DeadlineAfter(DateTimeOffset now, int log)
        => Settings.FollowsRedisTime && Layout.ClockOf(log).IsSet ? (now + Settings.Deadline).ToUnixTimeMilliseconds() : 0;

    private RedisValue[] Common(DateTimeOffset now, long deadline, int log, Knowledge? known)
    {
        var keys = Keys;
        var cursor = known?.Cursor;
        if (cursor is not null && cursor.Positions.Length != keys.Partitions + 1)
        {
            throw new TokenStoreLossException($"The log was followed in {cursor.Positions.Length - 1} partitions, and this store has {keys.Partitions}.");
        }

        var readable = log == 0 ? keys.Global : log;
        var floors = known?.Floors ?? default;
        return
        [
            Milliseconds(now), Number(deadline),
            cursor?.StoreId ?? string.Empty, Number(cursor?.Epoch ?? 0),
            Positions.Format(cursor?.Positions[log] ?? LogPosition.Start), Positions.Format(cursor?.Positions[readable] ?? LogPosition.Start),
            Number(floors.Generation), Number(floors.Floor), Number(floors.ApiFloor),
            Milliseconds(options.Value.Retention), keys.Doorbell(log),
        ];
    }
}
