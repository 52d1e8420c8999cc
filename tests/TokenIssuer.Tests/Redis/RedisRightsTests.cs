using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>With how few rights an API follows the feed, and over TLS.</summary>
public sealed class RedisRightsTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_api_follows_the_feed_with_a_default_user_that_may_only_read_the_log()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var replica = await RedisProcess.StartAsync("--replicaof", "127.0.0.1", $"{redis.Port}");
        await replica.WaitForAsync("master_link_status:up", string.Empty, "INFO", "replication");
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        var answer = await issuer.LogInAsync("anna");

        // The rule of docs/redis.md. Users are not replicated, so the replica for the APIs has its own.
        string[] rule =
        [
            "ACL", "SETUSER", "default", "reset", "on", ">reader", "%R~{ti:*}:state", "%R~{ti:*}:log", "%R~{ti:*}:global:*", "&ti:bell:*",
            "+hget", "+hmget", "+xread", "+subscribe", "+unsubscribe", "+ping", "+echo", "+info", "+cluster|nodes", "+client|setname",
        ];
        Assert.Equal("OK", await replica.AskAsync(rule));
        await using var api = await ApiNode.StartAsync($"{replica.Address},password=reader");
        Assert.True(api.Accepts(answer));
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));

        await api.RefusesAsync(answer, s_patience);
        var forbidden = await replica.AskWithAsync(["-a", "reader", "--no-auth-warning"], "HGETALL", "{ti:0}:u:AAAAAAAAAAAAAAAAAAAAAA");
        Assert.Contains("NOPERM", forbidden, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_api_that_may_not_ask_how_old_its_source_is_takes_nothing_for_fresh()
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var issuer = await IssuerNode.StartAsync(redis.Address, _folder);
        await using var api = await ApiNode.StartAsync(redis.Address);
        Assert.True(api.Denylist.Age < TimeSpan.FromSeconds(3));

        await redis.AskAsync("ACL", "SETUSER", "default", "-info");
        await Eventually.TrueAsync(() => api.Denylist.Age > TimeSpan.FromSeconds(5), s_patience);
        await redis.AskAsync("ACL", "SETUSER", "default", "+info");

        await Eventually.TrueAsync(() => api.Denylist.Age < TimeSpan.FromSeconds(3), s_patience);
    }

    [Fact]
    public async Task An_issuer_works_with_a_default_user_that_may_do_nothing_dangerous()
    {
        await using var redis = await RedisProcess.StartAsync();
        string[] rule = ["ACL", "SETUSER", "default", "reset", "on", ">writer", "~{ti:*", "&ti:bell:*", "+@all", "-@dangerous", "+info"];
        Assert.Equal("OK", await redis.AskAsync(rule));
        await using var issuer = await IssuerNode.StartAsync($"{redis.Address},password=writer,deadline=5000", _folder);
        await using var api = await ApiNode.StartAsync($"{redis.Address},password=writer");
        var answer = await issuer.LogInAsync("anna");
        answer = Assert.IsType<RefreshOutcome.Refreshed>(await issuer.RefreshAsync(answer)).Answer;

        await issuer.RevokeAsync(new RevocationTarget.Everything());

        await api.RefusesAsync(answer, s_patience);
        Assert.DoesNotContain(issuer.Log.Lines, line => line.Contains("NOPERM", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Issuer_and_api_talk_to_Redis_over_tls()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(_folder.PathOf("redis.crt"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder.PathOf("redis.key"), key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        var tlsPort = RedisProcess.FreePort();
        await using var redis = await RedisProcess.StartAsync(
            "--tls-port", $"{tlsPort}", "--tls-cert-file", _folder.PathOf("redis.crt"), "--tls-key-file", _folder.PathOf("redis.key"), "--tls-auth-clients", "no");
        var trusting = $"localhost:{tlsPort},ssl=true,sslHost=localhost,deadline=5000,trustedCertificate={_folder.PathOf("redis.crt")}";

        await using var issuer = await IssuerNode.StartAsync(trusting, _folder);
        await using var api = await ApiNode.StartAsync(trusting);
        var answer = await issuer.LogInAsync("anna");
        await issuer.RevokeAsync(new RevocationTarget.Session(answer.SessionId));
        await api.RefusesAsync(answer, s_patience);

        var refusal = await Assert.ThrowsAsync<RedisUnsuitableException>(
            () => IssuerNode.StartUnreadyAsync($"localhost:{tlsPort},ssl=true,sslHost=localhost", _folder, "b"));
        Assert.Contains("trustedCertificate", refusal.Message, StringComparison.Ordinal);
    }
}
