using FsCheck.Fluent;
using StackExchange.Redis;
using TokenIssuer.Families;
using TokenIssuer.Redis;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Records;
using TokenIssuer.Tests.Families;

namespace TokenIssuer.Tests.Redis;

/// <summary>The script is the twin of <see cref="TokenFamily.Judge"/>: random records and requests get the same verdict from both.</summary>
public sealed class JudgeEquivalenceTests(RedisServer server) : IClassFixture<RedisServer>
{
    private const int Cases = 4000;

    [Theory]
    [InlineData(nameof(ReuseScope.Family))]
    [InlineData(nameof(ReuseScope.User))]
    public async Task The_script_gives_the_verdict_of_the_specification_and_writes_what_it_says(string reuseScope)
    {
        await using var stores = new RedisStores(server.Process.Address);
        var store = (await stores.OpenAsync(new TokenIssuerOptions())).Store;
        using var redis = await server.Process.ConnectAsync();
        var keys = new RedisKeys(stores.Prefix, 1);
        var all = (await store.ReadUserAsync(default, default, TestContext.Current.CancellationToken)).Floors.Generation;
        var met = new HashSet<RotationVerdict>();

        foreach (var drawn in JudgeCase.Any.Generator.Sample(Cases))
        {
            var (stored, floors, request, now) = Place(drawn, all, Enum.Parse<ReuseScope>(reuseScope));
            stores.Clock.Jump(now - stores.Clock.Now);
            var field = (RedisValue)Identifier128.ToBytes(request.Session.Family.Value);
            await WriteAsync(redis.GetDatabase(), keys, request.Session, stored);
            var expected = TokenFamily.Judge(stored, floors.Max(UserFloors.All(all)), request, now);

            var rotation = await store.RotateAsync(request, new Knowledge(floors, null), TestContext.Current.CancellationToken);

            Assert.Equal((drawn, expected.Verdict), (drawn, rotation.Verdict));
            Assert.Equal((drawn, expected.Family), (drawn, rotation.Family));
            Assert.Equal(now, rotation.Now);
            Assert.Equal(expected.Verdict == RotationVerdict.Reused ? 1 : 0, rotation.Entries.Count);
            var left = (byte[]?)await redis.GetDatabase().HashGetAsync(keys.User(request.Session.User), field);
            Assert.True(IsAsJudged(expected, stored, left), $"{expected.Verdict}: {drawn}");
            met.Add(rotation.Verdict);
        }

        Assert.Equal(Enum.GetValues<RotationVerdict>(), met.Order());
    }

    /// <summary>Moves a case to a user of its own, above the store's <c>all</c>, and to whole milliseconds, which the store counts in.</summary>
    private static (TokenFamily? Stored, UserFloors Floors, RotationRequest Request, DateTimeOffset Now) Place(JudgeCase drawn, long all, ReuseScope reuseScope)
    {
        var shift = all - 1000;
        var session = new SessionId(new UserKey(drawn.Request.Session.User.Value), FamilyId.New());
        return (
            drawn.Stored is { } stored ? stored with { Session = session, Birth = stored.Birth + shift } : null,
            new UserFloors(drawn.Floors.Generation + shift, drawn.Floors.Floor + shift, 0),
            drawn.Request with { Session = session, Policy = drawn.Request.Policy with { ReuseScope = reuseScope } },
            RedisClock.Truncate(drawn.Now));
    }

    private static async Task WriteAsync(IDatabase database, RedisKeys keys, SessionId session, TokenFamily? stored)
    {
        var key = keys.User(session.User);
        await database.KeyDeleteAsync(key);
        byte[] user = new PackedWriter().Byte(2).Integer(0, 7).Integer(0, 7).Integer(0, 7).Integer(0, 7).Integer(0, 6).Bytes(SubjectText.Pack(Sample.Family.Grant.Subject)).ToArray();
        await database.HashSetAsync(key, "u", user);
        if (stored is not null)
        {
            var id = Identifier128.ToBytes(session.Family.Value);
            await database.HashSetAsync(key, [new(id, FamilyRecord.Pack(stored)), new(id[..8], FamilyMetadata.Pack(stored.Grant, stored.Origin))]);
        }
    }

    private static bool IsAsJudged(Judgement expected, TokenFamily? stored, byte[]? left) => expected.Verdict switch
    {
        RotationVerdict.Missing => left is null,
        RotationVerdict.Reused => left is null || left[0] == FamilyRecord.DeadVersion,
        RotationVerdict.Rotated or RotationVerdict.RolledBack => left!.SequenceEqual(FamilyRecord.Pack(expected.Family!)),
        _ => left!.SequenceEqual(FamilyRecord.Pack(stored!)),
    };
}
