using TokenIssuer.Families;
using TokenIssuer.Redis;

namespace TokenIssuer.Tests.Redis;

/// <summary>What a session costs, by <c>MEMORY USAGE</c> of the hash of its user: the same after one rotation and after five hundred.</summary>
public sealed class RedisMemoryTests
{
    private static readonly SessionOrigin s_origin = new(null, "Chrome 141 · Windows", "203.0.113.0/24");

    [Theory]
    [InlineData(1, 330)]
    [InlineData(3, 3 * 220)]
    public async Task A_user_with_some_sessions_takes_no_more_than_planned_however_often_they_rotate(int sessions, int limit)
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var redis = await RedisProcess.StartAsync();
        await using var stores = new RedisStores(redis.Address, "ti");
        var store = (await stores.OpenAsync(new TokenIssuerOptions())).Store;
        var subject = new Subject("0198c7a2-5d1e-7c7a-9f2b-3c8e1d40a6b5");
        var user = UserKey.Of("https://issuer.example", subject);
        var families = new List<TokenFamily>();
        for (var i = 0; i < sessions; i++)
        {
            var standing = await store.ReadUserAsync(user, default, cancelled);
            var start = new TestUserStart(subject, user).At(standing.Floors.Generation) with { Origin = s_origin };
            families.Add(Assert.IsType<FamilyStarted.Started>(await store.StartFamilyAsync(start, default, cancelled)).Family);
        }

        await RotateAsync(store, families, 1);
        var afterOne = await MeasureAsync(redis, user);
        await RotateAsync(store, families, 499);
        var afterMany = await MeasureAsync(redis, user);

        TestContext.Current.TestOutputHelper?.WriteLine($"{sessions} sessions: {afterOne.Bytes} bytes after 1 rotation, {afterMany.Bytes} after 500, {afterMany.Encoding}");
        Assert.Equal(afterOne, afterMany);
        Assert.Equal("listpack", afterMany.Encoding);
        Assert.InRange(afterMany.Bytes, 1, limit);
    }

    private static async Task RotateAsync(ITokenFamilyStore store, List<TokenFamily> families, int times)
    {
        for (var i = 0; i < families.Count; i++)
        {
            for (var n = 0; n < times; n++)
            {
                var request = new RotationRequest(
                    families[i].Session, families[i].Generation, families[i].SecretHash, families[i].Grant.ClientId, null, Scope.None,
                    IdempotencyHash: 12345678, families[i].AgentHash, 1, Stores.TestUser.Policy);
                var rotation = await store.RotateAsync(request, default, TestContext.Current.CancellationToken);
                Assert.Equal(RotationVerdict.Rotated, rotation.Verdict);
                families[i] = rotation.Family ?? families[i];
            }
        }
    }

    private static async Task<(int Bytes, string Encoding)> MeasureAsync(RedisProcess redis, UserKey user)
    {
        var key = (string)new RedisKeys("ti", 1).User(user);
        var bytes = int.Parse(await redis.AskAsync("MEMORY", "USAGE", key, "SAMPLES", "0"));
        return (bytes, await redis.AskAsync("OBJECT", "ENCODING", key));
    }

    private sealed record TestUserStart(Subject Subject, UserKey User)
    {
        public FamilyStart At(long generation) => new(
            new SessionId(User, FamilyId.New()),
            new FamilyGrant(Subject, OAuthClient.SpaClientId, Scope.Of(["notes:read", "notes:write"]), "pwd"),
            SessionOrigin.Unknown,
            generation,
            FamilySecret.New().Hash(),
            SealKeyId: 1,
            AgentHash: 7,
            TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(12),
            MaxSessions: 10,
            SessionLimitPolicy.EvictOldest);
    }
}
