using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Revocation;
using TokenIssuer.Validation;

namespace TokenIssuer.Tests.Validation;

public sealed class ValidationOptionsTests
{
    private static readonly Dictionary<string, (string Environment, Action<TokenIssuerValidationOptions> Change, string Fault)> s_faults = new(StringComparer.Ordinal)
    {
        ["no authority"] = ("Production", options => options.Authority = string.Empty, "TokenIssuerValidation:Authority is \"\" but must be"),
        ["a relative authority"] = ("Production", options => options.Authority = "issuer", "TokenIssuerValidation:Authority is \"issuer\" but must be"),
        ["another scheme"] = ("Production", options => options.Authority = "ftp://issuer.example", "must be the absolute http(s) URL"),
        ["plain http in production"] = ("Production", options => options.Authority = "http://issuer.example", "must be https outside Development"),
        ["no audience"] = ("Production", options => options.Audience = " ", "TokenIssuerValidation:Audience is empty"),
        ["an empty issuer"] = ("Production", options => options.Issuer = string.Empty, "TokenIssuerValidation:Issuer is empty"),
        ["no staleness"] = ("Production", options => options.MaxStaleness = TimeSpan.Zero, "TokenIssuerValidation:MaxStaleness is 00:00:00"),
        ["a long staleness"] = ("Production", options => options.MaxStaleness = TimeSpan.FromHours(2), "TokenIssuerValidation:MaxStaleness is 02:00:00"),
        ["a negative skew"] = ("Production", options => options.ClockSkew = TimeSpan.FromSeconds(-1), "TokenIssuerValidation:ClockSkew is -00:00:01"),
        ["a long skew"] = ("Production", options => options.ClockSkew = TimeSpan.FromMinutes(6), "TokenIssuerValidation:ClockSkew is 00:06:00"),
        ["a client without a secret"] = ("Production", options => options.ClientSecret = null, "belong together"),
        ["no client to follow over HTTP with"] = ("Production", options => (options.ClientId, options.ClientSecret) = (null, null), "TokenIssuerValidation:ClientId is empty"),
    };

    public static TheoryData<string> Faults => [.. s_faults.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_bad_value_stops_the_start_with_one_sentence(string name)
    {
        var (environment, change, fault) = s_faults[name];

        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(environment, change));
        await StartAsync(environment, _ => { });

        Assert.Contains(fault, Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_is_allowed_in_development()
        => await StartAsync("Development", options => options.Authority = "http://localhost:5080");

    [Fact]
    public async Task Another_feed_needs_no_client()
        => await StartAsync("Production", options => (options.ClientId, options.ClientSecret) = (null, null), services => services.AddSingleton<IRevocationFeed>(new FakeFeed()));

    [Fact]
    public async Task All_faults_are_told_at_once()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync("Production", options =>
        {
            options.Authority = string.Empty;
            options.Audience = string.Empty;
            options.ClientId = null;
        }));

        Assert.Equal(3, failure.Failures.Count());
    }

    private static async Task StartAsync(string environment, Action<TokenIssuerValidationOptions> change, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication().AddTokenIssuerBearer(options =>
        {
            options.Authority = "https://issuer.example";
            options.Audience = "notes-api";
            options.ClientId = "notes-api";
            options.ClientSecret = "secret";
            change(options);
        });
        builder.Services.AddHttpClient("TokenIssuer").ConfigurePrimaryHttpMessageHandler(() => new NobodyThere());
        services?.Invoke(builder.Services);
        await using var app = builder.Build();
        await app.StartAsync();
        await app.StopAsync();
    }

    private sealed class NobodyThere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromException<HttpResponseMessage>(new HttpRequestException("Nobody there."));
    }
}
