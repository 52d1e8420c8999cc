using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Feed;

/// <summary>The revocation log as an issuer tells it over HTTP, for APIs that hold no credentials of the store.</summary>
internal sealed class HttpRevocationFeed(
    IHttpClientFactory clients,
    IOptions<TokenIssuerValidationOptions> options,
    TimeProvider clock) : IRevocationFeed
{
    /// <summary>A heartbeat comes each second: a stream that is silent for three is dead, whatever TCP believes.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_strictPatience = TimeSpan.FromSeconds(2);

    private readonly RevocationEvents _events = new(clock);

    public string Source => "http";

    public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(s_silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        using var client = clients.CreateClient(IssuerClient.Name);
        using var request = Ask("text/event-stream", string.Empty);
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after.ToString());
        }

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(either.Token).ConfigureAwait(false))
        {
            if (_events.Read(item) is { } page)
            {
                silence.CancelAfter(s_silence);
                yield return page;
            }
        }

        throw new IOException("The issuer ended the stream of revocations.");
    }

    public async ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_strictPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var client = clients.CreateClient(IssuerClient.Name);
        using var request = Ask("application/json", after is null ? string.Empty : $"?after={Uri.EscapeDataString(after.ToString())}");
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            var json = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return RevocationEvents.Parse(json).ToPage(isSnapshot: after is null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or FormatException or InvalidOperationException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TokenStoreUnavailableException("The issuer did not tell its revocations.", failure);
        }
    }

    private HttpRequestMessage Ask(string mediaType, string query)
    {
        var settings = options.Value;
        var request = new HttpRequestMessage(HttpMethod.Get, settings.Authority.TrimEnd('/') + "/oauth/revocations" + query);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        request.Headers.Authorization = IssuerClient.CredentialsOf(settings);
        return request;
    }
}
