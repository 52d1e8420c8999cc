using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

public sealed class CrashTests
{
    private const int Sessions = 8;
    private const int RefreshesBeforeTheKill = 60;

    [Fact]
    public async Task After_a_kill_in_a_burst_of_refreshes_every_session_continues_with_its_last_token_and_none_has_forked()
    {
        // As wide as it may be: a machine on which everything runs at once restarts slowly.
        using var site = new IssuerSite(("TokenIssuer:MaxSessionsPerUser", "100"), ("TokenIssuer:ConcurrencyWindow", "00:02:00"));
        var held = new ConcurrentDictionary<int, Held>();
        await using (var before = await IssuerProcess.StartAsync(site))
        {
            for (var i = 0; i < Sessions; i++)
            {
                held[i] = new Held(Parent: null, await before.Client.LogInAsync("alice", "correct-horse-1"));
            }

            await RefreshUntilKilledAsync(before, held);
        }

        await using var after = await IssuerProcess.StartAsync(site);

        foreach (var (number, session) in held)
        {
            if (number % 2 == 0)
            {
                await AssertContinuesAsync(after.Client, session.Last);
            }
            else
            {
                await AssertParentLeadsNowhereElseAsync(after.Client, session);
            }
        }
    }

    /// <summary>The last token that was answered, whether the process died before or after using it, has one successor.</summary>
    private static async Task AssertContinuesAsync(IssuerClient client, IssuedTokens last)
    {
        var (successor, again) = (await client.RefreshAsync(last), await client.RefreshAsync(last));

        Assert.Equal(successor.RefreshToken, again.RefreshToken);
        Assert.NotEqual(last.RefreshToken, successor.RefreshToken);
        Assert.True(await client.IsRefreshableAsync(successor));
    }

    /// <summary>Its parent gives that same token; or the process had used it already, and the parent is reuse.</summary>
    private static async Task AssertParentLeadsNowhereElseAsync(IssuerClient client, Held session)
    {
        Assert.NotNull(session.Parent);
        using var response = await client.TryRefreshAsync(session.Parent.RefreshToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal(session.Last.RefreshToken, IssuedTokens.Read(answer.RootElement).RefreshToken);
            await AssertContinuesAsync(client, session.Last);
        }
        else
        {
            Assert.Equal("invalid_grant", await IssuerClient.ErrorOfAsync(response));
            Assert.False(await client.IsRefreshableAsync(session.Last));
        }
    }

    /// <summary>Each session refreshes as fast as it can; the process is killed while all of them are at it.</summary>
    private static async Task RefreshUntilKilledAsync(IssuerProcess issuer, ConcurrentDictionary<int, Held> held)
    {
        var answered = 0;
        var enough = new TaskCompletionSource();
        var clients = Enumerable.Range(0, Sessions).Select(async i =>
        {
            try
            {
                while (true)
                {
                    var next = await issuer.Client.RefreshAsync(held[i].Last);
                    held[i] = new Held(held[i].Last, next);
                    if (Interlocked.Increment(ref answered) >= RefreshesBeforeTheKill)
                    {
                        enough.TrySetResult();
                    }
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or IOException)
            {
                // The process was killed.
            }
        }).ToList();

        await enough.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await issuer.KillAsync();
        await Task.WhenAll(clients);
    }

    [Fact]
    public async Task What_a_crash_left_unrevoked_in_the_directory_is_revoked_before_the_first_answer()
    {
        using var site = new IssuerSite();
        IssuedTokens alice, bob;
        await using (var before = await IssuerProcess.StartAsync(site))
        {
            (alice, bob) = (await before.Client.LogInAsync("alice", "correct-horse-1"), await before.Client.LogInAsync("bob", "correct-horse-2"));
            await before.KillAsync();
        }

        await LeaveInOutboxAsync(site, "ALICE");
        await using var after = await IssuerProcess.StartAsync(site);

        Assert.Equal(HttpStatusCode.Unauthorized, await after.Client.GetMeAsync(alice));
        Assert.False(await after.Client.IsRefreshableAsync(alice));
        Assert.Equal(HttpStatusCode.OK, await after.Client.GetMeAsync(bob));
        Assert.True(await after.Client.IsRefreshableAsync(bob));
    }

    private static async Task LeaveInOutboxAsync(IssuerSite site, string name)
    {
        await using var directory = new SqliteConnection($"Data Source={site.UserFile};Pooling=false");
        await directory.OpenAsync();
        await using var command = directory.CreateCommand();
        command.CommandText = "INSERT INTO RevocationOutbox (User, Reason) SELECT Id, 'PasswordChanged' FROM Users WHERE NormalizedUserName = $name";
        command.Parameters.AddWithValue("$name", name);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task Ten_cold_starts_on_one_empty_folder_agree_on_one_key()
    {
        using var site = new IssuerSite();
        var issuers = Enumerable.Range(0, 10).Select(_ => IssuerProcess.LaunchAnother(site)).ToList();
        try
        {
            await Task.WhenAll(issuers.Select(issuer => issuer.WaitUntilReadyAsync()));
            var tokens = await issuers[0].Client.LogInAsync("alice", "correct-horse-1");
            var signing = KeyIdOf(tokens.AccessToken);

            // One session, handed from issuer to issuer: all sign with one key, open each other's refresh tokens and share a store.
            foreach (var issuer in issuers)
            {
                tokens = await issuer.Client.RefreshAsync(tokens);
                Assert.Equal(signing, KeyIdOf(tokens.AccessToken));
                Assert.Equal(HttpStatusCode.OK, await issuer.Client.GetMeAsync(tokens));
            }
        }
        finally
        {
            foreach (var issuer in issuers)
            {
                await issuer.DisposeAsync();
            }
        }
    }

    private static string KeyIdOf(string accessToken)
    {
        var header = System.Buffers.Text.Base64Url.DecodeFromChars(accessToken.AsSpan(0, accessToken.IndexOf('.', StringComparison.Ordinal)));
        return JsonDocument.Parse(header).RootElement.GetProperty("kid").GetString()!;
    }

    private sealed record Held(IssuedTokens? Parent, IssuedTokens Last);
}
