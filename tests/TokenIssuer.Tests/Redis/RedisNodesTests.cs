using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Redis;

/// <summary>Two issuers and two APIs on one Redis behave as one.</summary>
public sealed class RedisNodesTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private readonly string _prefix = $"n{FamilyId.New()}"[..12].Replace('-', '.').Replace('_', '.');
    private IssuerNode[] _issuers = [];
    private ApiNode[] _apis = [];

    public async ValueTask InitializeAsync()
    {
        // A busy machine must not turn these tests into tests of deadlines.
        var connection = $"{server.Process.Address},keyPrefix={_prefix},deadline=5000";
        _issuers = [await IssuerNode.StartAsync(connection, _folder, "a"), await IssuerNode.StartAsync(connection, _folder, "b")];
        _apis = [await ApiNode.StartAsync(connection), await ApiNode.StartAsync(connection)];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _issuers)
        {
            await node.DisposeAsync();
        }

        foreach (var node in _apis)
        {
            await node.DisposeAsync();
        }

        _folder.Dispose();
    }

    public static TheoryData<string, bool, bool, bool, bool, bool> KillMatrix => new()
    {
        // kill, then alive after it: this refresh, this access, other session's refresh, other session's access, another user
        { "session", false, false, true, true, true },
        { "others", true, true, false, false, true },
        { "all", false, false, false, false, true },
        { "everything-of", false, false, false, false, true },
        { "roles", true, false, true, false, true },
        { "token", true, false, true, true, true },
        { "everything", false, false, false, false, false },
    };

    [Theory]
    [MemberData(nameof(KillMatrix))]
    public async Task A_kill_on_one_issuer_holds_on_every_issuer_and_every_api(
        string kill, bool thisRefresh, bool thisAccess, bool otherRefresh, bool otherAccess, bool anotherUser)
    {
        var user = NewUser();
        var (one, other, stranger) = (await _issuers[0].LogInAsync(user), await _issuers[1].LogInAsync(user), await _issuers[1].LogInAsync(NewUser()));
        Assert.All(_apis, api => Assert.True(api.Accepts(one) && api.Accepts(other) && api.Accepts(stranger)));

        await _issuers[0].RevokeAsync(TargetOf(kill, user, one));

        await EventuallyAsync(thisAccess, one);
        await EventuallyAsync(otherAccess, other);
        await EventuallyAsync(anotherUser, stranger);
        Assert.Equal(thisRefresh, await _issuers[1].RefreshAsync(one) is RefreshOutcome.Refreshed);
        Assert.Equal(otherRefresh, await _issuers[1].RefreshAsync(other) is RefreshOutcome.Refreshed);
        Assert.Equal(anotherUser, await _issuers[1].RefreshAsync(stranger) is RefreshOutcome.Refreshed);
        var again = await _issuers[1].LogInAsync(user);
        Assert.IsType<RefreshOutcome.Refreshed>(await _issuers[0].RefreshAsync(again));
        await EventuallyAsync(true, again);
    }

    [Fact]
    public async Task Fifty_parallel_refreshes_over_two_issuers_yield_one_successor_each_round()
    {
        var answer = await _issuers[0].LogInAsync(NewUser());
        for (var round = 0; round < 200; round++)
        {
            var presented = answer;
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => _issuers[i % 2].RefreshAsync(presented))));

            var successors = outcomes.Select(outcome => Assert.IsType<RefreshOutcome.Refreshed>(outcome).Answer).ToList();
            Assert.Single(successors.Select(successor => successor.RefreshToken.Reveal()).Distinct());
            answer = successors[0];
        }
    }

    [Fact]
    public async Task A_reused_token_kills_its_family_on_every_node()
    {
        var first = await _issuers[0].LogInAsync(NewUser());
        var second = Assert.IsType<RefreshOutcome.Refreshed>(await _issuers[0].RefreshAsync(first)).Answer;
        var third = Assert.IsType<RefreshOutcome.Refreshed>(await _issuers[1].RefreshAsync(second)).Answer;

        var reused = await _issuers[1].RefreshAsync(first);

        Assert.IsType<RefreshOutcome.Reused>(reused);
        Assert.IsType<RefreshOutcome.InvalidGrant>(await _issuers[0].RefreshAsync(third));
        await EventuallyAsync(false, third);
    }

    [Fact]
    public async Task A_strict_read_sees_a_kill_before_the_follower_does()
    {
        var answer = await _issuers[0].LogInAsync(NewUser());
        var before = _apis[0].Denylist.Cursor;
        await _issuers[0].RevokeAsync(new RevocationTarget.Session(answer.SessionId));

        var page = await _apis[0].Feed.ReadAsync(before, answer.SessionId.User, TestContext.Current.CancellationToken);

        Assert.Contains(page.Entries.OfType<RevocationEntry.Family>(), entry => entry.Session == answer.SessionId);
    }

    [Fact]
    public async Task Without_doorbells_the_read_of_every_second_finds_the_kill()
    {
        var delays = new List<TimeSpan>();
        await server.Process.SilenceWhileAsync($"{_prefix}:bell:0", _issuers.Length + _apis.Length, async () =>
        {
            for (var i = 0; i < 5; i++)
            {
                var answer = await _issuers[0].LogInAsync(NewUser());
                await _issuers[0].RevokeAsync(new RevocationTarget.Session(answer.SessionId));

                delays.Add(await Eventually.TrueAsync(() => _apis.All(api => !api.Accepts(answer)), s_patience));
            }
        });

        Assert.All(delays, delay => Assert.True(delay < TimeSpan.FromSeconds(2), $"It took {delay}."));
    }

    [Fact]
    public async Task Scripts_forgotten_at_any_moment_are_sent_again()
    {
        using var forgetting = new CancellationTokenSource();
        var forget = Task.Run(async () =>
        {
            while (!forgetting.IsCancellationRequested)
            {
                await server.Process.AskAsync("SCRIPT", "FLUSH");
            }
        });
        var answer = await _issuers[0].LogInAsync(NewUser());
        for (var i = 0; i < 300; i++)
        {
            answer = Assert.IsType<RefreshOutcome.Refreshed>(await _issuers[i % 2].RefreshAsync(answer)).Answer;
        }

        await forgetting.CancelAsync();
        await forget;
        Assert.True(_apis[0].Accepts(answer));
    }

    private async Task EventuallyAsync(bool alive, TokenAnswer answer)
    {
        foreach (var denylist in _apis.Select(api => api.Denylist).Concat(_issuers.Select(issuer => issuer.Denylist)))
        {
            await Eventually.TrueAsync(() => (denylist.Check(ApiNode.Identify(answer)) == Denial.None) == alive, s_patience);
        }
    }

    private static string NewUser() => $"user-{FamilyId.New()}";

    private static RevocationTarget TargetOf(string kill, string user, TokenAnswer one) => kill switch
    {
        "session" => new RevocationTarget.Session(one.SessionId),
        "others" => new RevocationTarget.OtherSessions(one.SessionId),
        "all" => new RevocationTarget.AllSessions(new Subject(user)),
        "everything-of" => new RevocationTarget.EverythingOf(new Subject(user)),
        "roles" => new RevocationTarget.AccessTokensOf(new Subject(user)),
        "token" => new RevocationTarget.Token(ApiNode.Identify(one).TokenId),
        _ => new RevocationTarget.Everything(),
    };
}
