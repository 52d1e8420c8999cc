using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TokenIssuer.Tests.Hosting;

/// <summary>A resource API as the documentation of ASP.NET Core builds it, with JwtBearer and nothing of ours. It reads the issuer's keys when it needs them first, and keeps them.</summary>
internal sealed class StockApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private StockApi(WebApplication app)
    {
        _app = app;
        _client = app.GetTestClient();
    }

    public static async Task<StockApi> StartAsync(string authority)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication().AddJwtBearer(options =>
        {
            options.Authority = authority;
            options.Audience = "notes-api";
            options.RequireHttpsMetadata = false;
        });
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", () => "in").RequireAuthorization();
        await app.StartAsync();
        return new StockApi(app);
    }

    public async Task<HttpStatusCode> GetAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _app.DisposeAsync();
    }
}
