using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Feed;
using TokenIssuer.Redis.Records;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

/// <summary>
/// A store under a prefix of its own. The connection lives in real time, the store in the clock of the test; or, given a
/// clock of a host, in the time of Redis as that host sees it.
/// </summary>
internal sealed class RedisStores(string connectionString, string? prefix = null, TimeProvider? hostClock = null) : StoreUnderTest
{
    private readonly List<RedisConnection> _connections = [];
    private RedisKeys? _keys;

    public string Prefix { get; } = prefix ?? $"t{FamilyId.New()}"[..12].Replace('-', '.').Replace('_', '.');

    /// <summary>By which counting everybody takes too long; else it takes no time, however busy the machine is.</summary>
    public TimeProvider? SweepClock { get; init; }

    public override async Task<StoreNode> OpenAsync(TokenIssuerOptions options)
    {
        // The deadlines of the connection are real ones: long, so that a busy machine fails no test.
        var settings = RedisSettings.Parse($"{connectionString},redisTime={hostClock is not null},deadline=10000,keyPrefix={Prefix}");
        var connection = new RedisConnection(settings, RedisUse.Store, TimeProvider.System, NullLogger<RedisConnection>.Instance);
        _connections.Add(connection);
        await connection.StartAsync(TestContext.Current.CancellationToken);
        var calls = new RedisCalls(connection, TimeProvider.System, NullLogger<RedisCalls>.Instance);
        var alarm = new LossAlarm();
        var clock = hostClock ?? Clock;
        var wrapped = Options.Create(options);
        var steps = new RedisSteps(connection, calls, alarm, clock, wrapped, NullLogger<RedisSteps>.Instance);
        var birth = new StoreBirth(connection, steps, new Denylist(clock), wrapped, NullLogger<StoreBirth>.Instance);
        await birth.EnsureAsync(TestContext.Current.CancellationToken);
        _keys = steps.Keys;
        var pages = new LogPages(connection, new LogReader(calls), clock, birth);
        var store = new RedisTokenFamilyStore(
            steps, birth, pages, new UserSweep(calls, steps, SweepClock ?? Clock), NullLogger<RedisTokenFamilyStore>.Instance);
        return new StoreNode(store, new RedisRevocationFeed(
            connection, pages, new SourceAge(connection, calls, clock, NullLogger<SourceAge>.Instance), alarm, clock));
    }

    public override async Task CopyAsync(TokenFamily family, IReadOnlyList<SessionId> copies)
    {
        var key = _keys?.User(family.Session.User) ?? throw new InvalidOperationException("No node was opened.");
        var database = _connections[0].Database;
        var (record, metadata) = FieldsOf(family.Session);
        var values = await database.HashGetAsync(key, [record, metadata]);
        foreach (var chunk in copies.Chunk(1000))
        {
            await database.HashSetAsync(key, [.. chunk.Select(FieldsOf).SelectMany(copy => new HashEntry[] { new(copy.Record, values[0]), new(copy.Metadata, values[1]) })]);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.StopAsync(CancellationToken.None);
            connection.Dispose();
        }
    }

    private static (RedisValue Record, RedisValue Metadata) FieldsOf(SessionId session)
    {
        var id = Identifier128.ToBytes(session.Family.Value);
        return (id, id[..FamilyRecord.MetadataIdLength]);
    }
}
