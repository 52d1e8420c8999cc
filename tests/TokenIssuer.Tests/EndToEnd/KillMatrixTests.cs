using System.Net;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>
/// What kills what, walked with two issuers on one SQLite file and an API that follows the first. The kill happens at the
/// first; both issuers are asked at once, the API within the feed's delay.
/// </summary>
public sealed class KillMatrixTests(KillMatrixTests.Deployment deployment) : IClassFixture<KillMatrixTests.Deployment>
{
    private const string Password = "correct-horse-1";

    public enum Trigger
    {
        LogoutThis,
        LogoutOthers,
        LogoutAll,
        PasswordChange,
        Reuse,
        EndOwnSession,
        EndOtherSession,
        Rotation,
    }

    public static TheoryData<Trigger, string, string> Rows => new()
    {
        // trigger, this session (refresh and access), the other sessions of the user
        { Trigger.LogoutThis, "dead", "alive" },
        { Trigger.LogoutOthers, "alive", "dead" },
        { Trigger.LogoutAll, "dead", "dead" },
        { Trigger.PasswordChange, "dead", "dead" },
        { Trigger.Reuse, "dead", "alive" },
        { Trigger.EndOwnSession, "dead", "alive" },
        { Trigger.EndOtherSession, "alive", "dead" },
        { Trigger.Rotation, "alive", "alive" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Each_trigger_kills_what_its_row_says_and_nothing_else(Trigger trigger, string thisSession, string otherSessions)
    {
        var user = deployment.TakeUser();
        var mine = await deployment.First.Client.LogInAsync(user, Password);
        var other = await deployment.Second.Client.LogInAsync(user, Password);
        var stranger = await deployment.First.Client.LogInAsync("bob", "correct-horse-2");

        var (current, replacement) = await PullAsync(trigger, mine, other);

        await AssertAsync(thisSession, current);
        await AssertAsync(otherSessions, other);
        await AssertAsync("alive", stranger);
        if (replacement is not null)
        {
            await AssertAsync("alive", replacement);
        }
    }

    /// <returns>The newest tokens of this session, and those of the session that took its place.</returns>
    private async Task<(IssuedTokens Current, IssuedTokens? Replacement)> PullAsync(Trigger trigger, IssuedTokens mine, IssuedTokens other)
    {
        var client = deployment.First.Client;
        switch (trigger)
        {
            case Trigger.LogoutThis:
                await client.LogOutAsync(mine);
                return (mine, null);
            case Trigger.LogoutOthers:
                await client.LogOutAsync(mine, "others");
                return (mine, null);
            case Trigger.LogoutAll:
                await client.LogOutAsync(mine, "all");
                return (mine, null);
            case Trigger.PasswordChange:
                return (mine, await client.ChangePasswordAsync(mine, Password, Password + "!"));
            case Trigger.Reuse:
                var second = await client.RefreshAsync(mine);
                var third = await client.RefreshAsync(second);
                Assert.False(await client.IsRefreshableAsync(mine));
                return (third, null);
            case Trigger.EndOwnSession:
                Assert.Equal(HttpStatusCode.NoContent, await client.EndSessionAsync(mine, mine.SessionId));
                return (mine, null);
            case Trigger.EndOtherSession:
                Assert.Equal(HttpStatusCode.NoContent, await client.EndSessionAsync(mine, other.SessionId));
                return (mine, null);
            case Trigger.Rotation:
                var rotated = await client.RefreshAsync(mine);
                return (mine with { RefreshToken = rotated.RefreshToken }, null);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task AssertAsync(string state, IssuedTokens tokens)
    {
        if (state == "alive")
        {
            Assert.Equal(HttpStatusCode.OK, await deployment.First.Client.GetMeAsync(tokens));
            Assert.Equal(HttpStatusCode.OK, await deployment.Second.Client.GetMeAsync(tokens));
            Assert.Equal(HttpStatusCode.OK, await deployment.Api.GetNotesAsync(tokens));
            Assert.True(await deployment.Second.Client.IsRefreshableAsync(tokens));
        }
        else
        {
            // The issuers at once, whichever was asked to kill; the API as soon as the feed has told it.
            Assert.Equal(HttpStatusCode.Unauthorized, await deployment.Second.Client.GetMeAsync(tokens));
            Assert.Equal(HttpStatusCode.Unauthorized, await deployment.First.Client.GetMeAsync(tokens));
            Assert.False(await deployment.Second.Client.IsRefreshableAsync(tokens));
            Assert.False(await deployment.First.Client.IsRefreshableAsync(tokens));
            await deployment.Api.AssertRefusesAsync(tokens);
        }
    }

    public sealed class Deployment : IAsyncLifetime
    {
        private const int Users = 16;

        private readonly IssuerSite _site = new(
        [
            .. Enumerable.Range(0, Users).SelectMany(i => new[]
            {
                ($"Users:Seed:{i + 3}:Username", $"user{i}"),
                ($"Users:Seed:{i + 3}:Password", Password),
            }),
        ]);

        private IssuerProcess? _first;
        private IssuerProcess? _second;
        private NotesApiProcess? _api;
        private int _taken = -1;

        internal IssuerProcess First => _first ?? throw new InvalidOperationException("Not started.");

        internal IssuerProcess Second => _second ?? throw new InvalidOperationException("Not started.");

        internal NotesApiProcess Api => _api ?? throw new InvalidOperationException("Not started.");

        public async ValueTask InitializeAsync()
        {
            _first = await IssuerProcess.StartAsync(_site);
            _second = await IssuerProcess.StartAnotherAsync(_site);
            _api = await NotesApiProcess.StartAsync(_first);
        }

        /// <summary>A user of whom nobody has heard yet.</summary>
        internal string TakeUser() => $"user{Interlocked.Increment(ref _taken)}";

        public async ValueTask DisposeAsync()
        {
            if (_api is not null)
            {
                await _api.DisposeAsync();
            }

            if (_second is not null)
            {
                await _second.DisposeAsync();
            }

            if (_first is not null)
            {
                await _first.DisposeAsync();
            }

            _site.Dispose();
        }
    }
}
