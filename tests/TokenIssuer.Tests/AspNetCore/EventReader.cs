using System.Net.ServerSentEvents;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>A follower of the revocation log over HTTP.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _events;

    private EventReader(HttpResponseMessage response, IAsyncEnumerator<SseItem<string>> events)
    {
        _response = response;
        _events = events;
    }

    public HttpResponseMessage Response => _response;

    public static async Task<EventReader> OpenAsync(IssuerHost host, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/oauth/revocations");
        request.Headers.TryAddWithoutValidation("Accept", "text/event-stream");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await host.CreateClient().SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var events = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator();
        return new EventReader(response, events);
    }

    /// <returns>Null when the stream has ended.</returns>
    public async Task<SseItem<string>?> NextAsync()
        => await _events.MoveNextAsync().AsTask().WaitAsync(s_patience, TestContext.Current.CancellationToken) ? _events.Current : null;

    /// <summary>The next event that is no heartbeat.</summary>
    public async Task<SseItem<string>?> NextNewsAsync()
    {
        var item = await NextAsync();
        while (item?.EventType == "heartbeat")
        {
            item = await NextAsync();
        }

        return item;
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        await _events.DisposeAsync();
    }
}
