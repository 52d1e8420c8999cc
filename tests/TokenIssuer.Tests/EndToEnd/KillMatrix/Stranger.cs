using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>Another user, whom hardly any row concerns: the same session and API token go through all of them.</summary>
internal sealed class Stranger(Deployment deployment)
{
    private readonly Verdicts _verdicts = new(deployment);
    private readonly string _username = deployment.TakeUser();
    private IssuedTokens? _session;
    private string _apiToken = string.Empty;

    /// <summary>Alive and well before each trigger, if need be anew.</summary>
    public async Task AppearAsync()
    {
        if (_session is null)
        {
            _session = await deployment.First.Client.LogInAsync(_username, Deployment.Password);
            (_, _apiToken) = await deployment.First.Client.CreateApiTokenAsync(_session);
        }

        Assert.Equal(Verdicts.Alive, await _verdicts.OfAccessTokenAsync(_session.AccessToken));
        Assert.Equal(Verdicts.Alive, await _verdicts.OfApiTokenAsync(_apiToken));
    }

    public async Task<string> MeasureAsync()
    {
        var session = _session ?? throw new InvalidOperationException("The stranger has not appeared.");
        var access = await _verdicts.OfAccessTokenAsync(session.AccessToken);
        var apiToken = await _verdicts.OfApiTokenAsync(_apiToken);
        (var refresh, _session) = await _verdicts.OfRefreshTokenAsync(session.RefreshToken, []);
        return KillScene.Combine(("refresh", refresh), ("access", access), ("API tokens", apiToken));
    }
}
