using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;
using TokenIssuer.AspNetCore.Feed;
using TokenIssuer.Revocation;

namespace TokenIssuer.AspNetCore.Endpoints;

/// <summary>
/// <c>GET /oauth/revocations</c>: the revocation log for resource APIs that hold no store credentials, as one document or as
/// server-sent events (WHATWG HTML §9.2).
/// </summary>
internal sealed class RevocationsEndpoint(
    IRevocationFeed feed,
    Denylist denylist,
    FeedAccess access,
    RevocationBroadcast broadcast,
    RevocationStream stream,
    IHostApplicationLifetime lifetime)
{
    private const string EventStream = "text/event-stream";
    private const string LastEventIdHeader = "Last-Event-ID";

    public async Task GetAsync(HttpContext context)
    {
        var follower = await access.JudgeAsync(context).ConfigureAwait(false);
        await (follower switch
        {
            FeedFollower.Unproved unproved => unproved.Verdict.RefuseAsync(context),
            FeedFollower.Refused refused => RefuseAsync(context, refused),
            _ when WantsEvents(context.Request) => StreamAsync(context, follower),
            _ => AnswerAsync(context),
        }).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context, FeedFollower.Refused refused)
    {
        context.Response.Headers.WWWAuthenticate = refused.Challenge;
        return context.RefuseAsync(refused.Problem);
    }

    private static bool WantsEvents(HttpRequest request)
        => MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase));

    private async Task AnswerAsync(HttpContext context)
    {
        var page = await ReadAsync(LogCursor.Parse(context.Request.Query["after"]), context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteJsonAsync(
            RevocationDocument.Of(page, page.Age), RevocationJson.Default.RevocationDocument).ConfigureAwait(false);
    }

    private async Task StreamAsync(HttpContext context, FeedFollower follower)
    {
        using var subscription = broadcast.Subscribe();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, subscription.Overflow, lifetime.ApplicationStopping);
        var after = LogCursor.Parse(context.Request.Headers[LastEventIdHeader]);
        var start = await ReadAsync(after, ending.Token).ConfigureAwait(false);
        var token = (follower as FeedFollower.Bearer)?.Token;
        try
        {
            await TypedResults.ServerSentEvents(stream.ReadAsync(after, start, subscription, token, ending.Token))
                .ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The follower left or was too slow, or the host stops: the connection just ends, and the follower comes back.
        }
    }

    /// <summary>A store that has lost what this issuer has seen is not passed on before it is healed.</summary>
    private async Task<RevocationPage> ReadAsync(LogCursor? after, CancellationToken cancellationToken)
    {
        var page = await feed.ReadAsync(after, user: null, cancellationToken).ConfigureAwait(false);
        return denylist.Cursor is { } seen && seen.IsWithin(page.Cursor)
            ? page
            : throw new TokenStoreUnavailableException("The revocation log is being healed, or was not read yet.");
    }
}
