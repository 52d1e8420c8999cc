using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.Revocation;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Feed;

namespace TokenIssuer.Tests.Validation;

/// <summary>An issuer's <c>/oauth/revocations</c> on a real socket, which says what a test tells it to.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<FeedConnection> _connections = Channel.CreateUnbounded<FeedConnection>();

    private FeedServer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>What a strict read gets.</summary>
    public string Json { get; set; } = "{}";

    /// <summary>What a strict read is told that it gets.</summary>
    public string JsonType { get; set; } = "application/json";

    /// <summary>Keeps strict reads waiting while set.</summary>
    public TaskCompletionSource? Stall { get; set; }

    public static async Task<FeedServer> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new FeedServer(app);
        app.MapGet("/oauth/revocations", server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public static string Snapshot(LogCursor cursor, long ageMs, params RevocationEntry[] entries) => JsonSerializer.Serialize(
        RevocationDocument.Of(new RevocationPage(entries, cursor, TimeSpan.Zero, FakeFeed.Retention, IsSnapshot: true), TimeSpan.FromMilliseconds(ageMs)),
        RevocationJson.Default.RevocationDocument);

    public static string Entry(RevocationEntry entry) => JsonSerializer.Serialize(RevocationItem.Of(entry), RevocationJson.Default.RevocationItem);

    public HttpRevocationFeed CreateFeed(TimeProvider clock)
    {
        var services = new ServiceCollection();
        services.AddHttpClient("TokenIssuer");
        return new HttpRevocationFeed(
            services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>(),
            Microsoft.Extensions.Options.Options.Create(new TokenIssuerValidationOptions
            {
                Authority = Address + "/", ClientId = "notes api", ClientSecret = "sec:ret%",
            }),
            clock);
    }

    public ValueTask<FeedConnection> NextConnectionAsync() => _connections.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Stall?.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.StatusCode = (int)Status;
        var connection = new FeedConnection(context);
        _connections.Writer.TryWrite(connection);
        if (Status != HttpStatusCode.OK)
        {
            return;
        }

        if (context.Request.Headers.Accept != "text/event-stream")
        {
            await (Stall?.Task ?? Task.CompletedTask);
            context.Response.ContentType = JsonType;
            await context.Response.WriteAsync(Json);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync();
        await connection.RunAsync();
    }
}

/// <summary>One follower that has connected.</summary>
internal sealed class FeedConnection(HttpContext context)
{
    private readonly Channel<string> _frames = Channel.CreateUnbounded<string>();

    public string? Authorization { get; } = context.Request.Headers.Authorization;

    public string? LastEventId { get; } = context.Request.Headers["Last-Event-ID"];

    public string Query { get; } = context.Request.QueryString.ToString();

    public void Send(string type, string data, LogCursor? id = null)
        => _frames.Writer.TryWrite($"event: {type}\ndata: {data}\n{(id is null ? string.Empty : $"id: {id}\n")}\n");

    public void End() => _frames.Writer.TryComplete();

    public async Task RunAsync()
    {
        try
        {
            await foreach (var frame in _frames.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(frame, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The follower has left.
        }
    }
}
