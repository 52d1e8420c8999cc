namespace TokenIssuer.Tests.Validation.Surfaces;

/// <summary>What every surface promises; each surface is a class that says how it is opened.</summary>
public abstract class RevocationSurfaceTests
{
    public static TheoryData<string> Cases => [.. RevocationCase.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_token_is_alive_or_dead_whatever_it_is_used_for(string name)
    {
        var happening = RevocationCase.All.Single(one => one.Name == name);
        await using var api = await StartAsync();
        var session = TestIssuer.NewSession("alice");
        var payload = api.Issuer.Payload();
        (payload["sid"], payload["jti"]) = (session.ToString(), RevocationCase.TokenId);
        await using var surface = await OpenAsync(api, api.Issuer.Sign(api.Issuer.Header(), payload));
        var before = await surface.AnswersAsync(TestContext.Current.CancellationToken);

        happening.Happen(api, session);

        Assert.True(before);
        if (happening.Survives)
        {
            Assert.True(await surface.AnswersAsync(TestContext.Current.CancellationToken));
            Assert.True(await surface.AnswersAsync(TestContext.Current.CancellationToken));
        }
        else
        {
            await EndsAsync(api, surface);
        }
    }

    private protected abstract Task<TestApi> StartAsync();

    private protected abstract Task<Surface> OpenAsync(TestApi api, string token);

    /// <summary>Callbacks run on other threads, so a last answer may slip through; then it must be over.</summary>
    private static async Task EndsAsync(TestApi api, Surface surface)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await surface.AnswersAsync(patience.Token))
        {
            await Task.Yield();
            Assert.False(patience.IsCancellationRequested, "It goes on although its token is dead.");
        }

        Assert.NotNull(api);
    }
}
