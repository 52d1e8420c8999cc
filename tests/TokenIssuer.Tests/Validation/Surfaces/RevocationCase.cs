using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Validation.Surfaces;

/// <summary>Something that happens while a token of alice (generation 5) is in use, and whether the token survives it.</summary>
internal sealed record RevocationCase(string Name, bool Survives, Action<TestApi, SessionId> Happen)
{
    public const string TokenId = "the-jti";

    public static IReadOnlyList<RevocationCase> All { get; } =
    [
        new("nothing", true, (_, _) => { }),
        new("its session ends", false, (api, session) => api.LearnThatSessionEnded(session)),
        new("its session ends twice", false, (api, session) => Twice(() => api.LearnThatSessionEnded(session))),
        new("another session of the user ends", true, (api, _) => api.LearnThatSessionEnded(TestIssuer.NewSession("alice"))),
        new("a session of another user ends", true, (api, _) => api.LearnThatSessionEnded(TestIssuer.NewSession("bob"))),
        new("a session with the same family id of another user ends", true, (api, session) => api.LearnThatSessionEnded(new SessionId(TestIssuer.KeyOf("bob"), session.Family))),
        new("the user's generation rises above it", false, (api, session) => api.Learn(User(api, session, 6))),
        new("the user's generation rises far above it", false, (api, session) => api.Learn(User(api, session, long.MaxValue))),
        new("the user's generation rises up to it", true, (api, session) => api.Learn(User(api, session, 5))),
        new("the user's generation was lower", true, (api, session) => api.Learn(User(api, session, 1))),
        new("only the user's floors rise", true, (api, session) => api.Learn(User(api, session, 0, floor: 9, apiFloor: 9))),
        new("a lower generation comes after a higher one", false, (api, session) => Each(api, User(api, session, 6), User(api, session, 2))),
        new("a higher generation comes after a lower one", false, (api, session) => Each(api, User(api, session, 2), User(api, session, 6))),
        new("another user's generation rises", true, (api, _) => api.Learn(User(api, TestIssuer.NewSession("bob"), 6))),
        new("its own id is listed", false, (api, _) => api.Learn(new RevocationEntry.Token(TokenId, RevocationReason.ClientRevoked, Until(api)))),
        new("another token's id is listed", true, (api, _) => api.Learn(new RevocationEntry.Token("another", RevocationReason.ClientRevoked, Until(api)))),
        new("its id in other case is listed", true, (api, _) => api.Learn(new RevocationEntry.Token("THE-JTI", RevocationReason.ClientRevoked, Until(api)))),
        new("its key is listed", false, (api, _) => api.Learn(new RevocationEntry.Key(api.Issuer.Ring.Current.KeyId, RevocationReason.KeyRetired, Until(api)))),
        new("another key is listed", true, (api, _) => api.Learn(new RevocationEntry.Key("another", RevocationReason.KeyRetired, Until(api)))),
        new("everything below a higher generation dies", false, (api, _) => api.Learn(new RevocationEntry.All(6, RevocationReason.Administrator, Until(api)))),
        new("everything below its own generation dies", true, (api, _) => api.Learn(new RevocationEntry.All(5, RevocationReason.StoreBirth, Until(api)))),
        new("everything dies, then a lower value comes", false, (api, _) => Each(api, new RevocationEntry.All(6, RevocationReason.Administrator, Until(api)), new RevocationEntry.All(3, RevocationReason.StoreBirth, Until(api)))),
        new("a followed page names its session", false, (api, session) => api.Denylist.Merge(Page(1, Family(api, session)))),
        new("a snapshot names its session", false, (api, session) => api.Denylist.Merge(Page(1, Family(api, session)) with { IsSnapshot = true })),
        new("a snapshot without its session comes after the kill", false, (api, session) => { api.LearnThatSessionEnded(session); api.Denylist.Merge(Page(0) with { IsSnapshot = true }); }),
        new("an empty snapshot comes", true, (api, _) => api.Denylist.Merge(Page(0) with { IsSnapshot = true })),
        new("its session is one of a thousand", false, (api, session) => api.Denylist.Merge(Page(1000, [.. Enumerable.Range(0, 999).Select(_ => Family(api, TestIssuer.NewSession("bob"))), Family(api, session)]))),
        new("a thousand others end", true, (api, _) => api.Denylist.Merge(Page(1000, [.. Enumerable.Range(0, 1000).Select(_ => Family(api, TestIssuer.NewSession("bob")))]))),
        new("the kill arrives late but before its end", false, (api, session) => api.Learn(new RevocationEntry.Family(session, RevocationReason.Logout, api.Clock.Now + TimeSpan.FromSeconds(1)))),
        new("it expires", false, (api, _) => Pass(api, 312)),
        new("it has almost expired", true, (api, _) => Pass(api, 290)),
        new("the replica is too old", false, (api, _) => api.Clock.Advance(TimeSpan.FromSeconds(33))),
        new("the replica is almost too old", true, (api, _) => api.Clock.Advance(TimeSpan.FromSeconds(28))),
    ];

    /// <summary>Lets time pass with a replica that stays fresh.</summary>
    private static void Pass(TestApi api, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            api.Clock.Advance(TimeSpan.FromSeconds(1));
            api.Denylist.Merge(FakeFeed.Heartbeat());
        }
    }

    private static DateTimeOffset Until(TestApi api) => api.Clock.Now + TimeSpan.FromMinutes(20);

    private static RevocationEntry.Family Family(TestApi api, SessionId session) => new(session, RevocationReason.Logout, Until(api));

    private static RevocationEntry.User User(TestApi api, SessionId session, long generation, long floor = 0, long apiFloor = 0)
        => new(session.User, new Subject("x"), new UserFloors(generation, floor, apiFloor), RevocationReason.PasswordChanged, Until(api));

    private static RevocationPage Page(long position, params RevocationEntry[] entries)
        => new(entries, FakeFeed.CursorAt(position), TimeSpan.Zero, FakeFeed.Retention, IsSnapshot: false);

    private static void Each(TestApi api, params RevocationEntry[] entries) => Array.ForEach(entries, api.Learn);

    private static void Twice(Action act)
    {
        act();
        act();
    }
}
