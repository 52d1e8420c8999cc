using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.Tests.AspNetCore;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Tests.Validation;

/// <summary>What a resource API writes to its log while nobody answers at the issuer's address.</summary>
public sealed class IssuerAwayTests
{
    [Fact]
    public async Task It_is_told_once_in_full_and_then_once_a_minute_in_a_line()
    {
        var (clock, logs) = (new ManualClock(), new LogLines());
        await using var services = BuildServices(clock, logs);
        var keys = services.GetRequiredService<RemoteIssuerKeys>();

        for (var second = 0; second < 65; second++)
        {
            Assert.False(await keys.RefreshAsync());
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, logs.All.Count);
        Assert.All(logs.All, line => Assert.StartsWith("Warning KeysUnreadable", line, StringComparison.Ordinal));
        Assert.Contains("   at ", logs.All[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\n', logs.All[1]);
    }

    [Fact]
    public async Task The_calls_of_the_application_itself_are_logged_as_ever()
    {
        var logs = new LogLines();
        await using var services = BuildServices(new ManualClock(), logs);
        using var own = services.GetRequiredService<IHttpClientFactory>().CreateClient("the application's");

        await Assert.ThrowsAsync<HttpRequestException>(() => own.GetAsync(Nowhere(), TestContext.Current.CancellationToken));

        Assert.NotEmpty(logs.All);
    }

    private static string Nowhere() => $"http://127.0.0.1:{HostProcess.FindFreePort()}";

    private static ServiceProvider BuildServices(ManualClock clock, LogLines logs)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddAuthentication().AddTokenIssuerBearer(options =>
        {
            (options.Authority, options.Audience) = (Nowhere(), "notes-api");
            (options.ClientId, options.ClientSecret) = ("notes-api", "a secret");
        });
        return builder.Services.BuildServiceProvider();
    }
}
