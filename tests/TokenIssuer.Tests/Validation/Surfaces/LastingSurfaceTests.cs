using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Tests.Validation.Surfaces;

public sealed class EventStreamSurfaceTests : RevocationSurfaceTests
{
    private readonly Channel<int> _pulses = Channel.CreateUnbounded<int>();

    private protected override Task<TestApi> StartAsync() => TestApi.StartAsync(map: app => app.MapGet("/events", async (HttpContext context, CancellationToken ended) =>
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.FlushAsync(ended);
        await foreach (var pulse in _pulses.Reader.ReadAllAsync(ended))
        {
            await context.Response.WriteAsync($"data: {pulse}\n\n", ended);
            await context.Response.Body.FlushAsync(ended);
        }
    }).RequireAuthorization().EndWithToken());

    private protected override async Task<Surface> OpenAsync(TestApi api, string token)
        => new EventStreamSurface(await api.GetAsync("/events", token), _pulses.Writer);

    private sealed class EventStreamSurface(HttpResponseMessage answer, ChannelWriter<int> pulses) : Surface
    {
        private readonly StreamReader _body = new(answer.Content.ReadAsStream(), leaveOpen: true);

        public override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
        {
            pulses.TryWrite(1);
            try
            {
                return await _body.ReadLineAsync(cancellationToken) is not null && await _body.ReadLineAsync(cancellationToken) is not null;
            }
            catch (Exception cut) when (cut is IOException or OperationCanceledException)
            {
                return false;
            }
        }

        public override ValueTask DisposeAsync()
        {
            answer.Dispose();
            return base.DisposeAsync();
        }
    }
}

public sealed class WebSocketSurfaceTests : RevocationSurfaceTests
{
    private protected override Task<TestApi> StartAsync() => TestApi.StartAsync(map: app =>
    {
        app.UseWebSockets();
        app.MapGet("/socket", async (HttpContext context, CancellationToken ended) =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[256];
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer, ended);
                await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, endOfMessage: true, ended);
            }
        }).RequireAuthorization().EndWithToken();
    });

    private protected override async Task<Surface> OpenAsync(TestApi api, string token)
        => new SocketSurface(await SocketSurface.ConnectAsync(api, "/socket", token), "ping");
}

public sealed class HubSurfaceTests : RevocationSurfaceTests
{
    private protected override Task<TestApi> StartAsync() => TestApi.StartAsync(
        services: services => services.AddSignalR().EndWithToken(),
        map: app => app.MapHub<EchoHub>("/hub").RequireAuthorization());

    private protected override async Task<Surface> OpenAsync(TestApi api, string token)
        => await SocketSurface.ShakeHandsAsync(await SocketSurface.ConnectAsync(api, "/hub", token));
}

/// <summary>A hub that answers what it is told.</summary>
[Authorize]
public sealed class EchoHub : Hub
{
    public string Echo(string text) => text;
}

public sealed class LeaseSurfaceTests : RevocationSurfaceTests
{
    private protected override Task<TestApi> StartAsync() => TestApi.StartAsync();

    private protected override async Task<Surface> OpenAsync(TestApi api, string token)
    {
        var verified = await api.Services.GetRequiredService<AccessTokenReader>().ReadIgnoringLifetimeAsync(token, CancellationToken.None);
        return new LeaseSurface(api.Services.GetRequiredService<TokenLeases>().Take(verified?.CreatePrincipal() ?? throw new InvalidOperationException()));
    }

    private sealed class LeaseSurface(TokenLease lease) : Surface
    {
        public override Task<bool> AnswersAsync(CancellationToken cancellationToken) => Task.FromResult(!lease.Ended.IsCancellationRequested);

        public override async ValueTask DisposeAsync()
        {
            await lease.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}

/// <summary>A WebSocket that is asked and answers.</summary>
internal sealed class SocketSurface(WebSocket socket, string question, string answerHas = "") : Surface
{
    public static Task<WebSocket> ConnectAsync(TestApi api, string path, string token)
    {
        var client = api.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>() is TestServer server
            ? server.CreateWebSocketClient()
            : throw new InvalidOperationException("The API does not run in memory.");
        client.ConfigureRequest = request => request.Headers.Authorization = $"Bearer {token}";
        return client.ConnectAsync(new Uri($"ws://localhost{path}"), CancellationToken.None);
    }

    /// <summary>Opens the protocol of hubs on a socket; the surface asks <see cref="EchoHub"/>.</summary>
    public static async Task<SocketSurface> ShakeHandsAsync(WebSocket socket)
    {
        var handshake = new SocketSurface(socket, "{\"protocol\":\"json\",\"version\":1}\u001e");
        Assert.True(await handshake.AnswersAsync(CancellationToken.None));
        return new SocketSurface(socket, "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"ping\"]}\u001e", "\"result\":\"ping\"");
    }

    public override async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[512];
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(question), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return false;
                }

                if (Encoding.UTF8.GetString(buffer, 0, received.Count).Contains(answerHas, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }
        catch (Exception closed) when (closed is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    public override ValueTask DisposeAsync()
    {
        socket.Dispose();
        return base.DisposeAsync();
    }
}
