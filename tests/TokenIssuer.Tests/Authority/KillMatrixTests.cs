using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Authority;

/// <summary>What kills what: alice has two sessions and an API token, bob has one of each.</summary>
public sealed class KillMatrixTests
{
    public static TheoryData<string, string, int, int> Kills => new()
    {
        { nameof(RevocationTarget.Session), "own refresh, own access", 1, 0 },
        { nameof(RevocationTarget.OtherSessions), "other refresh, other access", 1, 0 },
        { nameof(RevocationTarget.AllSessions), "own refresh, own access, other refresh, other access", 2, 0 },
        { nameof(RevocationTarget.EverythingOf), "own refresh, own access, other refresh, other access, API token", 2, 1 },
        { nameof(RevocationTarget.AccessTokensOf), "own access, other access", 0, 0 },
        { nameof(RevocationTarget.Token), "own access", 0, 0 },
        { nameof(RevocationTarget.ApiToken), "API token", 0, 1 },
        { nameof(RevocationTarget.Key), "own access, other access, bob's access", 0, 0 },
        {
            nameof(RevocationTarget.Everything),
            "own refresh, own access, other refresh, other access, API token, bob's refresh, bob's access, bob's API token", 3, 2
        },
    };

    [Fact]
    public void Every_target_has_a_row()
    {
        var targets = typeof(RevocationTarget).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(RevocationTarget))).Select(type => type.Name);

        Assert.Equal(targets.Order(StringComparer.Ordinal), Kills.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task A_revocation_kills_what_its_row_says_and_nothing_else(string target, string expected, int sessions, int apiTokens)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        var holdings = await Holdings.MakeAsync(issuer);

        var receipt = await RevokeAsync(issuer, holdings.TargetOf(target));

        Assert.Equal((sessions, apiTokens), (receipt.Sessions, receipt.ApiTokens));
        Assert.NotNull(receipt.RevocationId);
        Assert.Equal(expected, await holdings.DeadAtAsync(issuer));

        // On the others what the store decides holds before they have read the log, and everything after.
        await other.FollowAsync();
        Assert.Equal(expected, await holdings.DeadAtAsync(other));
        await using var late = await issuer.JoinAsync();
        Assert.Equal(expected, await holdings.DeadAtAsync(late));
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public async Task Revoking_again_kills_nobody_else(string target, string expected, int sessions, int apiTokens)
    {
        await using var issuer = await Issuer.StartAsync();
        var holdings = await Holdings.MakeAsync(issuer);
        var dryRun = await issuer.Authority.CountAsync(holdings.TargetOf(target), CancellationToken.None);
        await RevokeAsync(issuer, holdings.TargetOf(target));

        var again = await RevokeAsync(issuer, holdings.TargetOf(target));

        Assert.Equal((sessions, apiTokens), (dryRun.Sessions, dryRun.ApiTokens));
        Assert.Equal((0, 0), (again.Sessions, again.ApiTokens));
        Assert.Equal(expected, await holdings.DeadAtAsync(issuer));
    }

    [Theory]
    [InlineData(nameof(RevocationTarget.Session), true)]
    [InlineData(nameof(RevocationTarget.AllSessions), true)]
    [InlineData(nameof(RevocationTarget.EverythingOf), true)]
    [InlineData(nameof(RevocationTarget.Everything), true)]
    [InlineData(nameof(RevocationTarget.OtherSessions), false)]
    [InlineData(nameof(RevocationTarget.AccessTokensOf), false)]
    public async Task Before_it_has_read_the_log_another_issuer_refuses_refreshes_of_the_dead(string target, bool isOwnDead)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var other = await issuer.JoinAsync();
        var holdings = await Holdings.MakeAsync(issuer);

        await issuer.RevokeAsync(holdings.TargetOf(target));

        Assert.Equal(!isOwnDead, await other.IsAliveAsync(holdings.Own.RefreshToken));
    }

    [Fact]
    public async Task A_session_that_the_store_does_not_know_is_revoked_all_the_same()
    {
        await using var issuer = await Issuer.StartAsync();
        var session = new SessionId(issuer.Authority.KeyOf(issuer.Directory.SubjectOf("alice")), FamilyId.New());

        var receipt = await issuer.RevokeAsync(new RevocationTarget.Session(session));

        Assert.Equal((0, 0), (receipt.Sessions, receipt.ApiTokens));
        Assert.NotNull(receipt.RevocationId);
        Assert.True(issuer.Denylist.Lists(session));
    }

    [Fact]
    public async Task A_user_whom_the_store_does_not_know_is_revoked_all_the_same()
    {
        await using var issuer = await Issuer.StartAsync();
        var stranger = issuer.Directory.Add("stranger");

        await issuer.RevokeAsync(new RevocationTarget.EverythingOf(stranger));

        Assert.True(issuer.Denylist.KnowledgeOf(issuer.Authority.KeyOf(stranger)).Floors.Floor > 0);
        Assert.True(issuer.IsAlive((await issuer.LogInAsync("stranger")).AccessToken));
    }

    /// <summary>As administrators do: a key leaves the ring before its tokens die.</summary>
    private static Task<RevocationReceipt> RevokeAsync(Issuer issuer, RevocationTarget target)
    {
        if (target is RevocationTarget.Key key)
        {
            issuer.Keys.TryRetire(key.KeyId);
        }

        return issuer.RevokeAsync(target);
    }

    /// <summary>What alice and bob hold.</summary>
    private sealed record Holdings(Issuer Issuer, TokenAnswer Own, TokenAnswer Other, TokenAnswer Bob, ApiToken ApiToken, ApiToken BobsApiToken)
    {
        public static async Task<Holdings> MakeAsync(Issuer issuer)
        {
            issuer.Directory.Add("bob");
            var (own, other, bob) = (await issuer.LogInAsync(), await issuer.LogInAsync(), await issuer.LogInAsync("bob"));
            return new Holdings(issuer, own, other, bob, await NewApiTokenAsync(issuer, "alice", own), await NewApiTokenAsync(issuer, "bob", bob));
        }

        public RevocationTarget TargetOf(string name) => name switch
        {
            nameof(RevocationTarget.Session) => new RevocationTarget.Session(Own.SessionId),
            nameof(RevocationTarget.OtherSessions) => new RevocationTarget.OtherSessions(Own.SessionId),
            nameof(RevocationTarget.AllSessions) => new RevocationTarget.AllSessions(Issuer.Directory.SubjectOf("alice")),
            nameof(RevocationTarget.EverythingOf) => new RevocationTarget.EverythingOf(Issuer.Directory.SubjectOf("alice")),
            nameof(RevocationTarget.AccessTokensOf) => new RevocationTarget.AccessTokensOf(Issuer.Directory.SubjectOf("alice")),
            nameof(RevocationTarget.Token) => new RevocationTarget.Token(Issuer.IdentityOf(Own.AccessToken).TokenId),
            nameof(RevocationTarget.ApiToken) => new RevocationTarget.ApiToken(ApiToken.Id),
            nameof(RevocationTarget.Key) => new RevocationTarget.Key(Issuer.IdentityOf(Own.AccessToken).KeyId),
            nameof(RevocationTarget.Everything) => new RevocationTarget.Everything(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such target."),
        };

        public async Task<string> DeadAtAsync(Issuer issuer)
        {
            (string Name, bool IsAlive)[] all =
            [
                ("own refresh", await issuer.IsAliveAsync(Own.RefreshToken)),
                ("own access", issuer.IsAlive(Own.AccessToken)),
                ("other refresh", await issuer.IsAliveAsync(Other.RefreshToken)),
                ("other access", issuer.IsAlive(Other.AccessToken)),
                ("API token", await issuer.Authority.InspectApiTokenAsync(ApiToken, CancellationToken.None) is not null),
                ("bob's refresh", await issuer.IsAliveAsync(Bob.RefreshToken)),
                ("bob's access", issuer.IsAlive(Bob.AccessToken)),
                ("bob's API token", await issuer.Authority.InspectApiTokenAsync(BobsApiToken, CancellationToken.None) is not null),
            ];
            return string.Join(", ", all.Where(one => !one.IsAlive).Select(one => one.Name));
        }

        private static async Task<ApiToken> NewApiTokenAsync(Issuer issuer, string username, TokenAnswer bearer)
        {
            var created = await issuer.Authority.CreateApiTokenAsync(
                issuer.Directory.SubjectOf(username), Issuer.IdentityOf(bearer.AccessToken).Generation, "script", Scope.None, TimeSpan.FromDays(1), CancellationToken.None);
            return Assert.IsType<ApiTokenCreation.Created>(created).Token;
        }
    }
}
