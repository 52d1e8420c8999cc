using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Web;
using TokenIssuer.ApiTokens;

namespace TokenIssuer.Tests.Validation.Introspection;

/// <summary>What an issuer says of API tokens, and how often it was asked.</summary>
internal sealed class IntrospectionDesk
{
    public const long Birth = 5;

    private readonly TestApi _api;
    private readonly ConcurrentDictionary<string, JsonObject> _living = new(StringComparer.Ordinal);
    private int _calls;

    public IntrospectionDesk(TestApi api)
    {
        _api = api;
        api.Stub.Introspection = AnswerAsync;
    }

    public int Calls => _calls;

    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    public bool IsDown { get; set; }

    /// <summary>What answers say they are.</summary>
    public string MediaType { get; set; } = "application/json";

    /// <summary>Keeps everybody waiting while set.</summary>
    public Task Stall { get; set; } = Task.CompletedTask;

    public string? Authorization { get; private set; }

    /// <summary>A living token, whose answer a test may change.</summary>
    public (ApiToken Token, JsonObject Answer) Issue(string user = "alice", string scope = "notes:read", TimeSpan? lifetime = null)
    {
        var token = ApiToken.New(TestIssuer.KeyOf(user));
        var now = _api.Clock.Now;
        var answer = new JsonObject
        {
            ["active"] = true,
            ["scope"] = scope,
            ["username"] = user,
            ["token_type"] = "Bearer",
            ["exp"] = (now + (lifetime ?? TimeSpan.FromDays(30))).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["sub"] = user,
            ["aud"] = TestIssuer.Audience,
            ["iss"] = TestIssuer.Name,
            ["jti"] = token.Id.ToString(),
            ["gen"] = Birth,
            ["roles"] = new JsonArray("editor"),
            ["recheck_in"] = 300,
        };
        _living[token.Reveal()] = answer;
        return (token, answer);
    }

    public void Kill(ApiToken token) => _living.TryRemove(token.Reveal(), out _);

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request)
    {
        Interlocked.Increment(ref _calls);
        Authorization = request.Headers.Authorization?.ToString();
        var form = HttpUtility.ParseQueryString(await (request.Content ?? new StringContent(string.Empty)).ReadAsStringAsync());
        await Stall;
        if (IsDown)
        {
            throw new HttpRequestException("The issuer is down.");
        }

        var answer = _living.TryGetValue(form["token"] ?? string.Empty, out var living) ? living.ToJsonString() : """{"active":false}""";
        var content = new StringContent(answer);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType);
        return new HttpResponseMessage(Status) { Content = content };
    }
}
