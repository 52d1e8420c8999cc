using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Redis;

/// <summary>Random lives of a few users, on Redis and on the model side by side: every answer is the same.</summary>
public sealed class HistoryEquivalenceTests(RedisServer server) : IClassFixture<RedisServer>
{
    private const int Histories = 60;
    private const int Users = 3;

    /// <summary>Longer than a history: a clock that goes back would revive on one side what the other has rightly forgotten.</summary>
    private static readonly TimeSpan s_life = TimeSpan.FromDays(7);

    private static readonly Gen<Step[]> s_history =
        (from verb in Gen.Frequency(
            (6, Gen.Constant(Verb.LogIn)), (12, Gen.Constant(Verb.Refresh)), (2, Gen.Constant(Verb.RevokeFamily)), (1, Gen.Constant(Verb.RevokeOthers)),
            (2, Gen.Constant(Verb.RevokeUser)), (1, Gen.Constant(Verb.RevokeAll)), (2, Gen.Constant(Verb.Assert)), (2, Gen.Constant(Verb.List)))
         from user in Gen.Choose(0, Users - 1)
         from choice in Gen.Choose(0, 1000)
         from seconds in Gen.Elements(-40, 0, 0, 1, 29, 31, 61, 599, 601, 1500)
         select new Step(verb, user, choice, TimeSpan.FromSeconds(seconds))).ArrayOf(60);

    private enum Verb
    {
        LogIn,
        Refresh,
        RevokeFamily,
        RevokeOthers,
        RevokeUser,
        RevokeAll,
        Assert,
        List,
    }

    [Fact]
    public async Task Redis_answers_every_history_as_the_model_does()
    {
        foreach (var history in s_history.Sample(Histories))
        {
            await using var stores = new RedisStores(server.Process.Address);
            var redis = (await stores.OpenAsync(new TokenIssuerOptions())).Store;
            var model = new ModelStore(stores.Clock);
            model.Join(new TokenIssuerOptions().Retention);
            var users = Enumerable.Range(0, Users).Select(_ => new TestUser()).ToArray();
            var families = users.Select(_ => new List<TokenFamily>()).ToArray();

            foreach (var (index, step) in history.Index())
            {
                // No two in one millisecond: which of two equally old sessions is evicted is nobody's promise.
                stores.Clock.Jump(step.After + TimeSpan.FromMilliseconds(1));
                var user = users[step.User];
                var expected = await AnswerAsync(model, step, user, families[step.User], null);
                var actual = await AnswerAsync(redis, step, user, families[step.User], expected.Started);

                Assert.True(
                    expected.Text == actual.Text,
                    $"step {index}: {step}\nmodel {expected.Text}\nredis {actual.Text}\n{string.Join('\n', history.Take(index).Where(one => one.User == step.User))}");
                families[step.User].AddRange(expected.Started is { } started && expected.Text.StartsWith("Started", StringComparison.Ordinal) ? [started.Family!] : []);
            }
        }
    }

    /// <param name="store">Either.</param>
    /// <param name="step">What to do.</param>
    /// <param name="user">To whom.</param>
    /// <param name="families">As they were started.</param>
    /// <param name="same">How the other store was asked to start a family: the random parts are to be the same.</param>
    private static async Task<Answer> AnswerAsync(ITokenFamilyStore store, Step step, TestUser user, List<TokenFamily> families, Start? same)
    {
        var cancelled = TestContext.Current.CancellationToken;
        var one = families.Count > 0 ? families[step.Choice % families.Count] : null;
        switch (step.Verb)
        {
            case Verb.LogIn:
                var generation = (await store.ReadUserAsync(user.Key, default, cancelled)).Floors.Generation;
                var start = (same?.Asked ?? user.Start(generation)) with
                {
                    ExpectedGeneration = generation - (step.Choice % 10 == 0 ? 1 : 0),
                    IdleTimeout = s_life,
                    AbsoluteLifetime = s_life,
                    MaxSessions = 3,
                    LimitPolicy = step.Choice % 2 == 0 ? SessionLimitPolicy.EvictOldest : SessionLimitPolicy.Refuse,
                    Replaces = step.Choice % 3 == 0 ? one?.Session.Family : null,
                };
                var outcome = await store.StartFamilyAsync(start, default, cancelled);
                return outcome is FamilyStarted.Started started
                    ? new Answer($"Started {started.Family} {Print(started.Ended)}", new Start(start, started.Family))
                    : new Answer(outcome.GetType().Name, new Start(start, null));
            case Verb.Refresh when one is not null:
                var living = (await store.ListFamiliesAsync(user.Key, default, cancelled)).FirstOrDefault(family => family.Session == one.Session) ?? one;
                var back = new uint[] { 0, 0, 0, 1, 1, 2, 5 }[step.Choice % 7];
                var rotation = await store.RotateAsync(
                    living.Present() with
                    {
                        Generation = living.Generation > back ? living.Generation - back : 1,
                        IdempotencyHash = (ulong)(step.Choice % 3),
                        Policy = TestUser.Policy with { IdleTimeout = s_life, ReuseScope = step.Choice % 5 == 0 ? ReuseScope.User : ReuseScope.Family },
                    },
                    default,
                    cancelled);

                // A dead family may be cleared away or not.
                return rotation.Verdict is RotationVerdict.Missing or RotationVerdict.BelowFloor or RotationVerdict.Expired
                    ? new Answer("dead", null)
                    : new Answer($"{rotation.Verdict} {rotation.Family} {rotation.Generation} {rotation.Now:O} {Print(rotation.Entries)}", null);
            case Verb.RevokeFamily when one is not null:
                return Print(await store.RevokeFamilyAsync(one.Session, RevocationReason.Logout, cancelled));
            case Verb.RevokeOthers when one is not null:
                // Redis also names the others that have idled out: their last access token may still be good.
                return new Answer($"{(await store.RevokeOtherFamiliesAsync(one.Session, RevocationReason.Logout, cancelled)).Sessions}", null);
            case Verb.RevokeUser:
                var reach = (KillReach)(1 + (step.Choice % 3));
                return Print(await store.RevokeUserAsync(user.Key, user.Subject, reach, RevocationReason.Administrator, default, cancelled));
            case Verb.RevokeAll when step.Choice % 4 == 0:
                return Print(await store.RevokeAllAsync(RevocationReason.Administrator, 0, cancelled));
            case Verb.Assert:
                var floors = (await store.ReadUserAsync(user.Key, default, cancelled)).Floors;
                var until = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
                var entry = new RevocationEntry.User(
                    user.Key, user.Subject, floors with { Generation = floors.Generation + 5, Floor = floors.Floor + (step.Choice % 7) }, RevocationReason.Logout, until);
                var killed = await store.AppendAsync([entry], cancelled);
                return new Answer($"{killed.Sessions} {(await store.ReadUserAsync(user.Key, default, cancelled)).Floors}", null);
            case Verb.List:
                var listed = await store.ListFamiliesAsync(user.Key, default, cancelled);
                return new Answer(string.Join(' ', listed.OrderBy(family => family.Session.ToString())), null);
            default:
                return new Answer("nothing", null);
        }
    }

    private static Answer Print(Killed killed) => new($"{killed.Sessions} {killed.ApiTokens} {Print(killed.Entries)}", null);

    private static string Print(IEnumerable<RevocationEntry> entries)
        => string.Join(' ', entries.Select(entry => (entry with { Id = string.Empty }).ToString()).Order(StringComparer.Ordinal));

    private sealed record Step(Verb Verb, int User, int Choice, TimeSpan After);

    private sealed record Start(FamilyStart Asked, TokenFamily? Family);

    private sealed record Answer(string Text, Start? Started);
}
