using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TokenIssuer.Server.Telemetry;

/// <summary>Sends metrics and traces to a collector when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names one; the other OTEL_ variables count too.</summary>
internal sealed class OtlpExport : IHostedService, IDisposable
{
    private const string ServiceName = "tokenissuer";

    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public static bool IsWanted(IConfiguration configuration) => !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var resource = ResourceBuilder.CreateDefault().AddService(ServiceName);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter("TokenIssuer*", "Microsoft.AspNetCore.*", "System.Runtime")
            .AddOtlpExporter()
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("TokenIssuer*", "Microsoft.AspNetCore")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
    }
}

internal static class TelemetryRegistration
{
    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (OtlpExport.IsWanted(builder.Configuration))
        {
            builder.Services.AddHostedService<OtlpExport>();
        }

        return builder;
    }
}
