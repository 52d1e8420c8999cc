using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Stores;

/// <summary>Who has appeared in a history so far: later steps speak of them again.</summary>
internal sealed class HistoryCast(HistoryPace pace)
{
    private readonly TestUser[] _users = [.. Enumerable.Range(0, HistoryStep.Users).Select(_ => new TestUser())];
    private readonly List<TokenFamily> _families = [];
    private readonly List<ApiTokenRecord> _apiTokens = [];

    public HistoryScene Draw(HistoryStep step)
    {
        var user = _users[step.User];
        var family = Pick(_families.Where(one => one.Session.User == user.Key), step.Choice);
        var start = user.Start(generation: 0) with
        {
            IdleTimeout = pace.IdleTimeout,
            AbsoluteLifetime = pace.AbsoluteLifetime,
            MaxSessions = 3,
            LimitPolicy = step.Choice % 3 == 0 ? SessionLimitPolicy.Refuse : SessionLimitPolicy.EvictOldest,
            Replaces = step.Choice % 4 == 1 ? family?.Session.Family : null,
        };
        start = start with { Grant = start.Grant with { Transport = (TokenTransport)(step.Choice % 2) } };
        var apiToken = new ApiTokenRecord(
            ApiTokenId.New(user.Key), user.Subject, "script", Scope.Of(["notes:read"]), FamilySecret.New().Hash(),
            Birth: 0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, LastUsedAt: null);
        return new HistoryScene(
            step, user, start, family, apiToken,
            Pick(_apiTokens.Where(token => token.Id.User == user.Key), step.Choice));
    }

    public void Note(HistoryScene scene, DateTimeOffset now)
    {
        switch (scene.Step.Verb)
        {
            case HistoryVerb.LogIn:
                _families.Add(scene.Start.ToFamily(now));
                break;
            case HistoryVerb.AddApiToken:
                _apiTokens.Add(scene.NewApiToken);
                break;
            default:
                break;
        }
    }

    private static T? Pick<T>(IEnumerable<T> among, int choice)
        where T : class
    {
        var all = among.TakeLast(4).ToList();
        return all.Count == 0 ? null : all[choice % all.Count];
    }
}
