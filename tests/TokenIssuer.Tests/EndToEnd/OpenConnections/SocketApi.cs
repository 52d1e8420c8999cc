using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TokenIssuer.Tests.Redis;
using TokenIssuer.Tests.Validation.Surfaces;
using TokenIssuer.Validation;

namespace TokenIssuer.Tests.EndToEnd.OpenConnections;

/// <summary>An API with a WebSocket and a hub, on a real port, following an issuer over HTTP.</summary>
internal sealed class SocketApi : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;

    private SocketApi(WebApplication app) => _app = app;

    public static async Task<SocketApi> StartAsync(Uri issuer)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication().AddTokenIssuerBearer(options =>
        {
            options.Authority = issuer.ToString();
            options.Audience = "notes-api";
            (options.ClientId, options.ClientSecret) = ("notes-api", "notes-api-development-secret");
        });
        builder.Services.AddAuthorization();
        builder.Services.AddSignalR().EndWithToken();
        var app = builder.Build();
        app.UseWebSockets();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapHub<EchoHub>("/hub");
        app.MapGet("/socket", EchoAsync).RequireAuthorization().EndWithToken();
        await app.StartAsync();
        var feed = app.Services.GetRequiredService<RevocationFeedState>();
        await Eventually.TrueAsync(() => feed.Cursor is not null, s_patience);
        return new SocketApi(app);
    }

    public async Task<Surface> OpenSocketAsync(string accessToken) => new SocketSurface(await ConnectAsync("/socket", accessToken), "ping");

    public async Task<Surface> OpenHubAsync(string accessToken) => await SocketSurface.ShakeHandsAsync(await ConnectAsync("/hub", accessToken));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>As a client does that tries again after each 503: the keys may not be here yet, and the issuer's Redis is one that other tests disturb.</summary>
    private async Task<WebSocket> ConnectAsync(string path, string accessToken)
    {
        ClientWebSocket? open = null;
        await Eventually.TrueAsync(async () => (open = await TryConnectAsync(path, accessToken)) is not null, s_patience);
        return open ?? throw new InvalidOperationException("Not connected.");
    }

    /// <returns>Null for a 503.</returns>
    private async Task<ClientWebSocket?> TryConnectAsync(string path, string accessToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Authorization", $"Bearer {accessToken}");
        try
        {
            await socket.ConnectAsync(new Uri(_app.Urls.First().Replace("http", "ws", StringComparison.Ordinal) + path), TestContext.Current.CancellationToken);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode == HttpStatusCode.ServiceUnavailable)
        {
            socket.Dispose();
            return null;
        }
    }

    private static async Task EchoAsync(HttpContext context, CancellationToken ended)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[256];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, ended);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, endOfMessage: true, ended);
        }
    }
}
