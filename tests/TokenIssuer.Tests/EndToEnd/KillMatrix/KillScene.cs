using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>
/// A user with two sessions and an API token, and a stranger with one of each: alive when the scene is set, which is asked
/// and not assumed. A trigger may add to what is watched; then every watched token is asked about.
/// </summary>
internal sealed class KillScene
{
    private readonly Verdicts _verdicts;
    private readonly Stranger _stranger;

    private KillScene(Deployment deployment, Stranger stranger, string username, IssuedTokens mine, IssuedTokens other)
    {
        Deployment = deployment;
        _verdicts = new Verdicts(deployment);
        _stranger = stranger;
        Username = username;
        Mine = mine;
        Other = other;
        RefreshTokens = [new Watched<string>(mine.RefreshToken)];
        AccessTokens = [new Watched<string>(mine.AccessToken)];
        OtherSessions = [new Watched<IssuedTokens>(other)];
    }

    public Deployment Deployment { get; }

    public string Username { get; }

    /// <summary>Set by whoever changes it.</summary>
    public string Password { get; set; } = Deployment.Password;

    /// <summary>What this session's client holds before the trigger.</summary>
    public IssuedTokens Mine { get; }

    /// <summary>What the client of the user's other session holds.</summary>
    public IssuedTokens Other { get; }

    /// <summary>The token before the one of <see cref="Mine"/>: spent.</summary>
    public required IssuedTokens Parent { get; init; }

    public string Subject => JwtText.Payload(Mine.AccessToken).GetProperty("sub").GetString()!;

    public List<Watched<string>> RefreshTokens { get; set; }

    public List<Watched<string>> AccessTokens { get; set; }

    public List<Watched<IssuedTokens>> OtherSessions { get; set; }

    public List<Watched<string>> ApiTokens { get; set; } = [];

    public static async Task<KillScene> SetAsync(Deployment deployment, Stranger stranger)
    {
        await stranger.AppearAsync();
        var username = deployment.TakeUser();
        var parent = await deployment.First.Client.LogInAsync(username, Deployment.Password);
        var other = await deployment.Second.Client.LogInAsync(username, Deployment.Password);

        // Whether a refresh token is alive can only be told by using it: those of the scene are children of living ones.
        var scene = new KillScene(
            deployment,
            stranger,
            username,
            await deployment.Second.Client.RefreshAsync(parent),
            await deployment.First.Client.RefreshAsync(other))
        {
            Parent = parent,
        };
        scene.AccessTokens.Add(new Watched<string>(parent.AccessToken));
        scene.ApiTokens = [new Watched<string>((await scene.CreateApiTokenAsync()).Token)];
        foreach (var token in scene.AccessTokens.Select(watched => watched.Token).Append(scene.Other.AccessToken))
        {
            Assert.Equal(Verdicts.Alive, await scene._verdicts.OfAccessTokenAsync(token));
        }

        return scene;
    }

    /// <summary>Makes an API token with this session, and sees it work.</summary>
    public async Task<(string Id, string Token)> CreateApiTokenAsync()
    {
        var created = await Deployment.First.Client.CreateApiTokenAsync(Mine);
        Assert.Equal(Verdicts.Alive, await _verdicts.OfApiTokenAsync(created.Token));
        return created;
    }

    /// <summary>What is alive and dead now. Refresh tokens are used up by asking.</summary>
    public async Task<KillCells> MeasureAsync()
    {
        // Before this a living token might only be one whose death has not got about.
        await Deployment.CatchUpAsync();
        var access = await DescribeAsync(AccessTokens, _verdicts.OfAccessTokenAsync);
        var apiTokens = await DescribeAsync(ApiTokens, _verdicts.OfApiTokenAsync);
        var known = RefreshTokens.Select(watched => watched.Token).ToList();
        var refresh = await DescribeAsync(RefreshTokens, async token => (await _verdicts.OfRefreshTokenAsync(token, known)).Verdict);
        var others = await DescribeAsync(OtherSessions, async session =>
        {
            var ofAccess = await _verdicts.OfAccessTokenAsync(session.AccessToken);
            var (ofRefresh, _) = await _verdicts.OfRefreshTokenAsync(session.RefreshToken, []);
            return Combine(("refresh", ofRefresh), ("access", ofAccess));
        });
        return new KillCells(refresh, access, others, apiTokens, await _stranger.MeasureAsync(), await SignInAsync());
    }

    /// <summary>One word when all agree.</summary>
    public static string Combine(params (string Name, string Verdict)[] parts)
        => parts.All(part => part.Verdict == parts[0].Verdict)
            ? parts[0].Verdict
            : string.Join(", ", parts.Select(part => $"{part.Name} {part.Verdict}"));

    private static async Task<string> DescribeAsync<T>(List<Watched<T>> watched, Func<T, Task<string>> judgeAsync)
    {
        var verdicts = new List<(string Label, string Verdict)>();
        foreach (var (token, label) in watched)
        {
            verdicts.Add((label, await judgeAsync(token)));
        }

        return string.Join(", ", verdicts.Distinct().Select(one => $"{one.Label} {one.Verdict}".Trim()));
    }

    /// <summary>Whoever was thrown out may come back, and is somebody again on every node.</summary>
    private async Task<string> SignInAsync()
    {
        using var response = await Deployment.Second.Client.TryLogInAsync(Username, Password);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return "refused";
        }

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var tokens = IssuedTokens.Read(await response.Content.ReadFromJsonAsync<JsonElement>());
        var access = await _verdicts.OfAccessTokenAsync(tokens.AccessToken);
        var (refresh, _) = await _verdicts.OfRefreshTokenAsync(tokens.RefreshToken, []);
        return access == Verdicts.Alive && refresh is Verdicts.Alive or Verdicts.AliveWithNewRoles ? "works" : $"refresh {refresh}, access {access}";
    }
}
