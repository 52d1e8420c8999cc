using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Redis;

/// <summary>A resource API as far as revocation goes: a replica that follows Redis with read-only commands.</summary>
internal sealed class ApiNode : IAsyncDisposable
{
    private readonly IHost _host;

    private ApiNode(IHost host)
    {
        _host = host;
        Denylist = host.Services.GetRequiredService<Denylist>();
        Feed = host.Services.GetRequiredService<IRevocationFeed>();
    }

    public Denylist Denylist { get; }

    public IRevocationFeed Feed { get; }

    public static async Task<ApiNode> StartAsync(string connectionString)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Denylist>();
        builder.Services.AddRedisRevocationFeed(connectionString);
        builder.Services.AddHostedService(provider => new RevocationFollower(
            provider.GetRequiredService<IRevocationFeed>(),
            provider.GetRequiredService<Denylist>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RevocationFollower>>()));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var node = new ApiNode(host);
        await Eventually.TrueAsync(() => node.Denylist.IsLoaded, TimeSpan.FromSeconds(10));
        return node;
    }

    public bool Accepts(TokenAnswer answer) => Denylist.Check(Identify(answer)) == Denial.None;

    public Task RefusesAsync(TokenAnswer answer, TimeSpan within) => Eventually.TrueAsync(() => !Accepts(answer), within);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    public static TokenIdentity Identify(TokenAnswer answer)
    {
        var parts = answer.AccessToken.Reveal().Split('.');
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        Assert.True(SessionId.TryParse(claims.RootElement.GetProperty("sid").GetString(), out var session));
        return new TokenIdentity(
            session,
            claims.RootElement.GetProperty("jti").GetString() ?? string.Empty,
            header.RootElement.GetProperty("kid").GetString() ?? string.Empty,
            claims.RootElement.GetProperty("gen").GetInt64());
    }
}
