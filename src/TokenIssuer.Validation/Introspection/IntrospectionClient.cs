using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using TokenIssuer.ApiTokens;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Introspection;

/// <summary>Asks the issuer about a token at <c>/oauth/introspect</c> (RFC 7662 §2.1), under the client that this API is.</summary>
internal sealed class IntrospectionClient(IHttpClientFactory clients, IOptions<TokenIssuerValidationOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Whether this API is a client of the issuer. One that follows the log in Redis need not be.</summary>
    public bool CanAsk => options.Value.ClientId is { Length: > 0 };

    /// <summary>Not bound to one request: others may wait for the same answer.</summary>
    /// <exception cref="TokenStoreUnavailableException">There is no answer, or none that can be understood.</exception>
    public async Task<IntrospectionAnswer> AskAsync(ApiToken token)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var client = clients.CreateClient(IssuerClient.Name);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Authority.TrimEnd('/') + "/oauth/introspect");
        request.Headers.Authorization = IssuerClient.CredentialsOf(options.Value);
        request.Content = new FormUrlEncodedContent([new("token", token.Reveal())]);
        try
        {
            using var response = await client.SendAsync(request, patience.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync(IntrospectionJson.Default.IntrospectionAnswer, patience.Token).ConfigureAwait(false)
                ?? throw new JsonException("The answer is null.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException or OperationCanceledException or InvalidOperationException)
        {
            throw new TokenStoreUnavailableException("The issuer did not say whether an API token is alive.", failure);
        }
    }
}
