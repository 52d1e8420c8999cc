using TokenIssuer.Server.Configuration;
using TokenIssuer.Server.Health;
using TokenIssuer.Server.Pages;
using TokenIssuer.Server.Telemetry;
using TokenIssuer.Server.Throttling;
using TokenIssuer.Server.Users;

WebApplicationBuilder? builder = null;
try
{
    builder = ReferenceSettings.CreateBuilder(args);
    builder.AddTelemetry();
    builder.AddTransportRules();
    builder.AddLoginThrottling();
    builder.AddReadiness();
    builder.AddIssuer();

    // After the issuer: what the outbox of the directory holds is revoked when the token store is there.
    builder.AddUserDirectory();

    var app = builder.Build();
    app.WarnOfUnknownSettings();
    app.UseTransportRules();
    app.UseTokenIssuer();
    app.UseRateLimiter();
    app.MapHealth();
    app.MapTokenIssuer();
    app.MapPage("admin");
    app.MapLab();

    await app.RunAsync();
    return 0;
}
catch (Exception failure) when (failure is not HostAbortedException)
{
    await StartFaults.ReportAsync(failure, builder?.Configuration);
    return StartFaults.ExitCode;
}
