using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

/// <summary>Plays the steps of a history on one store and tells the answers as text that can be compared.</summary>
internal sealed class HistoryPlayer(ITokenFamilyStore store, IRevocationFeed feed, HistoryPace pace)
{
    private static readonly string[] s_dead = [nameof(RotationVerdict.Missing), nameof(RotationVerdict.BelowFloor), nameof(RotationVerdict.Expired)];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task<string> PlayAsync(HistoryScene scene)
    {
        var (step, user) = (scene.Step, scene.User);
        var floors = (await store.ReadUserAsync(user.Key, default, Cancelled)).Floors;
        return step.Verb switch
        {
            HistoryVerb.LogIn => Tell(await store.StartFamilyAsync(
                scene.Start with { ExpectedGeneration = floors.Generation - (step.Choice % 10 == 0 ? 1 : 0) }, Known(step, floors), Cancelled)),
            HistoryVerb.Refresh when scene.Family is { } family => await RefreshAsync(step, family, floors),
            HistoryVerb.RevokeFamily when scene.Family is { } family => Tell(await store.RevokeFamilyAsync(family.Session, RevocationReason.Logout, Cancelled)),
            HistoryVerb.RevokeOthers when scene.Family is { } family
                => $"{(await store.RevokeOtherFamiliesAsync(family.Session, RevocationReason.Logout, Cancelled)).Sessions}",
            HistoryVerb.RevokeUser => Tell(await store.RevokeUserAsync(
                user.Key, user.Subject, (KillReach)(1 + (step.Choice % 3)), RevocationReason.Administrator, Known(step, floors), Cancelled)),
            HistoryVerb.RevokeAll => Tell(await store.RevokeAllAsync(RevocationReason.Administrator, floors.Generation + (step.Choice % 2 * 1_000_000), Cancelled)),
            HistoryVerb.AssertFloors => Tell(await store.AppendAsync(
                [new RevocationEntry.User(user.Key, user.Subject, Raised(step, floors), RevocationReason.Logout, Until(step))], Cancelled)),
            HistoryVerb.AssertFamily when scene.Family is { } family => Tell(await store.AppendAsync(
                [new RevocationEntry.Family(family.Session, RevocationReason.Logout, Until(step))], Cancelled)),
            HistoryVerb.AssertToken => Tell(await store.AppendAsync(
                [new RevocationEntry.Token(scene.ApiToken?.Id.ToString() ?? $"jti-{step.Choice % 3}", RevocationReason.ClientRevoked, Until(step))], Cancelled)),
            HistoryVerb.RaiseEpoch => await EpochAsync(step, from => store.RaiseEpochAsync(from, Cancelled)),
            HistoryVerb.Disown => await EpochAsync(step, from => store.DisownAsync(from, floors.Generation, Cancelled)),
            HistoryVerb.AddApiToken => $"{await AddApiTokenAsync(scene, floors)}",
            HistoryVerb.UseApiToken when scene.ApiToken is { } token
                => $"{(await store.UseApiTokenAsync(token.Id, token.SecretHash, Known(step, floors), Cancelled))?.ToString() ?? "none"}",
            HistoryVerb.RevokeApiToken when scene.ApiToken is { } token
                => Tell(await store.RevokeApiTokenAsync(token.Id, RevocationReason.EndedByUser, Cancelled)),
            _ => await LookAsync(user, floors),
        };
    }

    /// <summary>What a replica that starts now would deny.</summary>
    public async Task<IEnumerable<string>> DeniedAsync(TimeProvider clock)
    {
        var page = await feed.ReadAsync(null, null, Cancelled);
        var denylist = new Denylist(clock);
        denylist.Merge(page);
        return denylist.Held().Select(entry => (entry with { Id = string.Empty }).ToString()).Order(StringComparer.Ordinal);
    }

    private async Task<string> RefreshAsync(HistoryStep step, TokenFamily family, UserFloors floors)
    {
        var listed = await store.ListFamiliesAsync(family.Session.User, default, Cancelled);
        var current = listed.FirstOrDefault(living => living.Session == family.Session) ?? family;
        var back = new[] { 0, 0, 0, 0, 0, 1, 1, 2, 5, -1, -100, -101 }[step.Choice % 12];
        var request = current.Present() with
        {
            Generation = (uint)Math.Max(0, current.Generation - back),
            IdempotencyHash = (ulong)(step.Choice % 3),
            SealKeyId = (byte)step.Choice,
            AgentHash = (uint)step.Choice,
            Policy = TestUser.Policy with { IdleTimeout = pace.IdleTimeout, ReuseScope = step.Choice % 5 == 0 ? ReuseScope.User : ReuseScope.Family },
        };
        var rotation = await store.RotateAsync(request, Known(step, floors), Cancelled);

        // Whether the record of a dead family is still there is the store's own affair.
        return s_dead.Contains(rotation.Verdict.ToString())
            ? "dead"
            : $"{rotation.Verdict} {rotation.Family} {rotation.Generation} {rotation.Now:O} {Tell(rotation.Entries)}";
    }

    private async Task<string> EpochAsync(HistoryStep step, Func<long, Task<LogCursor>> raise)
    {
        var now = (await feed.ReadAsync(null, null, Cancelled)).Cursor.Epoch;
        return $"{(await raise(now - (step.Choice % 3 == 0 ? 1 : 0))).Epoch - now}";
    }

    private async Task<string> AddApiTokenAsync(HistoryScene scene, UserFloors floors)
    {
        var now = (await store.ReadUserAsync(scene.User.Key, default, Cancelled)).Now;
        var token = scene.NewApiToken with
        {
            Birth = floors.ApiFloor - (scene.Step.Choice % 7 == 0 ? 1 : 0),
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromMinutes(4),
        };
        return (await store.AddApiTokenAsync(token, max: 2, default, Cancelled)).ToString();
    }

    private async Task<string> LookAsync(TestUser user, UserFloors floors)
    {
        var families = await store.ListFamiliesAsync(user.Key, default, Cancelled);
        var apiTokens = await store.ListApiTokensAsync(user.Key, default, Cancelled);
        var (own, all) = (await store.CountAsync(user.Key, Cancelled), await store.CountAsync(null, Cancelled));
        return $"{floors} {string.Join(' ', families)} {string.Join(' ', apiTokens)} {own.Sessions} {own.ApiTokens} {all.Sessions} {all.ApiTokens}";
    }

    /// <summary>Now and then the caller knows more than the store.</summary>
    private static Knowledge Known(HistoryStep step, UserFloors floors) => (step.Choice % 11) switch
    {
        0 => new Knowledge(new UserFloors(floors.Generation + 3, 0, 0), null),
        1 => new Knowledge(Raised(step, floors), null),
        _ => default,
    };

    private static UserFloors Raised(HistoryStep step, UserFloors floors)
    {
        var next = floors.Generation + (step.Choice % 3);
        return new UserFloors(next, step.Choice % 5 < 2 ? next : floors.Floor, step.Choice % 7 < 2 ? next : floors.ApiFloor);
    }

    private static DateTimeOffset Until(HistoryStep step)
        => step.Choice % 4 == 0 ? DateTimeOffset.MinValue : new DateTimeOffset(2026, 1, 1, 12, 20, 0, TimeSpan.Zero);

    private static string Tell(FamilyStarted outcome) => outcome is FamilyStarted.Started started
        ? $"{started.Family} {started.Now:O} {Tell(started.Ended)}"
        : outcome.GetType().Name;

    private static string Tell(Killed killed) => $"{killed.Sessions} {killed.ApiTokens} {Tell(killed.Entries)}";

    private static string Tell(IEnumerable<RevocationEntry> entries)
        => string.Join(' ', entries.Select(entry => (entry with { Id = string.Empty }).ToString()).Order(StringComparer.Ordinal));
}
