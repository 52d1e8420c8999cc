using TokenIssuer.Redis.Feed;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>A Redis that answers is not fresh for that: whoever reads it ages with it.</summary>
public sealed class RedisStalenessTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_api_on_a_replica_that_lost_its_master_ages_until_the_link_is_back()
    {
        await using var master = await RedisProcess.StartAsync("--repl-ping-replica-period", "1");
        await using var proxy = new TcpProxy(master.Port);
        await using var replica = await RedisProcess.StartAsync("--repl-timeout", "5", "--replicaof", "127.0.0.1", $"{proxy.Port}");
        await replica.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        await using var issuer = await IssuerNode.StartAsync(master.Address, _folder);
        await using var api = await ApiNode.StartAsync(replica.Address);
        var answer = await issuer.LogInAsync("anna");
        await Eventually.TrueAsync(() => api.Denylist.Age < s_fresh, s_patience);

        proxy.Swallow();
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));
        await Eventually.TrueAsync(() => api.Denylist.Age > TimeSpan.FromSeconds(14), s_patience);
        var strict = await api.Feed.ReadAsync(api.Denylist.Cursor, answer.SessionId.User, TestContext.Current.CancellationToken);
        await using var late = await ApiNode.StartAsync(replica.Address);
        var lateAge = late.Denylist.Age;
        proxy.Heal();
        await api.RefusesAsync(answer, s_patience);

        Assert.True(strict.Age > TimeSpan.FromSeconds(12), $"It counted as {strict.Age} old.");
        Assert.True(lateAge > TimeSpan.FromSeconds(60), $"It counted as {lateAge} old.");
        await Eventually.TrueAsync(() => api.Denylist.Age < s_fresh && late.Denylist.Age < s_fresh, s_patience);
        await api.Feed.ReadAsync(api.Denylist.Cursor, answer.SessionId.User, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_master_that_must_have_replicas_and_has_none_ages_and_makes_its_issuer_not_ready()
    {
        await using var master = await RedisProcess.StartAsync(
            "--min-replicas-to-write", "1", "--min-replicas-max-lag", "2", "--repl-ping-replica-period", "1");
        await using var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}");
        await master.WaitForAsync("min_slaves_good_slaves:1", string.Empty, "INFO", "replication");
        await using var issuer = await IssuerNode.StartAsync(master.Address, _folder);
        await using var api = await ApiNode.StartAsync(master.Address);
        Assert.True(await issuer.IsReadyAsync());

        await replica.KillAsync();
        await Eventually.TrueAsync(() => api.Denylist.Age > TimeSpan.FromSeconds(6), s_patience);
        var isReady = await issuer.IsReadyAsync();
        await replica.StartAgainAsync();

        Assert.False(isReady);
        Assert.True(issuer.Log.Has("SourceCutOff"));
        await Eventually.TrueAsync(async () => api.Denylist.Age < s_fresh && await issuer.IsReadyAsync(), s_patience);
    }

    [Fact]
    public async Task A_master_that_was_just_added_to_a_cluster_and_owns_nothing_makes_nobody_old()
    {
        await using var cluster = new RedisCluster();
        await cluster.InitializeAsync();
        await using var added = await cluster.AddMasterAsync();
        await added.AskAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        var connection = $"{cluster.Addresses},{added.Address}";
        await using var issuer = await IssuerNode.StartAsync(connection, _folder);
        await using var api = await ApiNode.StartAsync(connection);

        await Eventually.TrueAsync(() => api.Denylist.Age < s_fresh, s_patience);
        Assert.Contains("min_slaves_good_slaves:0", await added.AskAsync("INFO", "replication"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("role:master\r\nconnected_slaves:0", 0, 0)]
    [InlineData("role:master\r\nmin_slaves_good_slaves:1", 0, 0)]
    [InlineData("role:master\r\nmin_slaves_good_slaves:0", null, 0)]
    [InlineData("role:slave\r\nmaster_link_status:up\r\nmaster_last_io_seconds_ago:7", 7, 0)]
    [InlineData("role:slave\r\nmaster_link_status:down\r\nmaster_last_io_seconds_ago:-1\r\nmaster_link_down_since_seconds:40", null, 40)]
    public void What_a_node_says_of_its_replication_is_read(string info, int? silence, int downSince)
    {
        var replication = Replication.Read(info);

        Assert.Equal(silence, replication.Silence is { } known ? (int)known.TotalSeconds : null);
        Assert.Equal(downSince, (int)replication.DownSince.TotalSeconds);
        Assert.Throws<TokenStoreUnavailableException>(() => Replication.Read("connected_slaves:0"));
    }
}
