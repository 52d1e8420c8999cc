using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using TokenIssuer.Server.Diagnostics;
using TokenIssuer.Server.Health;

namespace TokenIssuer.Server.Configuration;

/// <summary>
/// Outside Development no token travels in clear: the process listens on HTTPS itself, or stands behind proxies that are
/// named in <c>ForwardedHeaders</c> and say that their client came by HTTPS. Nobody else's <c>X-Forwarded-*</c> counts.
/// </summary>
internal static class TransportRules
{
    public const string Section = "ForwardedHeaders";

    public static WebApplicationBuilder AddTransportRules(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ForwardedHeadersOptions>()
            .Configure(options => TrustNamedProxies(options, builder.Configuration.GetSection(Section)))
            .ValidateOnStart();
        builder.Services.AddHostedService<TransportCheck>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        return builder;
    }

    public static WebApplication UseTransportRules(this WebApplication app)
    {
        app.UseForwardedHeaders();
        if (app.Environment.IsDevelopment())
        {
            return app;
        }

        app.UseHsts();
        app.Use((context, next) => context.Request.IsHttps || context.GetEndpoint()?.Metadata.GetMetadata<Probe>() is not null
            ? next(context)
            : RefuseAsync(context, app.Logger));
        return app;
    }

    private static void TrustNamedProxies(ForwardedHeadersOptions options, IConfigurationSection section)
    {
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in section.GetSection("KnownProxies").GetChildren())
        {
            options.KnownProxies.Add(IPAddress.TryParse(proxy.Value, out var address)
                ? address
                : throw new InvalidOperationException($"{proxy.Path} is \"{proxy.Value}\", which is not an IP address."));
        }

        foreach (var network in section.GetSection("KnownNetworks").GetChildren())
        {
            options.KnownIPNetworks.Add(System.Net.IPNetwork.TryParse(network.Value, out var parsed)
                ? parsed
                : throw new InvalidOperationException($"{network.Path} is \"{network.Value}\", which is not a network such as 10.0.0.0/8."));
        }

        // With both lists empty the middleware would believe everybody.
        options.ForwardedHeaders = options.KnownProxies.Count + options.KnownIPNetworks.Count == 0
            ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
    }

    private static Task RefuseAsync(HttpContext context, ILogger logger)
    {
        logger.PlainHttpRefused(context.Request.Path);
        return Results.Problem(
            type: "urn:tokenissuer:https_required",
            title: "This service answers over HTTPS only.",
            statusCode: StatusCodes.Status421MisdirectedRequest,
            extensions: new Dictionary<string, object?> { ["code"] = "https_required" }).ExecuteAsync(context);
    }

    /// <summary>Looks at what the server really listens on, once it does.</summary>
    private sealed class TransportCheck(
        IServer server, IHostEnvironment environment, IOptions<ForwardedHeadersOptions> proxies) : IHostedLifecycleService
    {
        public Task StartedAsync(CancellationToken cancellationToken)
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var isSafe = environment.IsDevelopment()
                || proxies.Value.KnownProxies.Count > 0
                || proxies.Value.KnownIPNetworks.Count > 0
                || addresses.All(address => address.StartsWith("https:", StringComparison.OrdinalIgnoreCase));
            return isSafe
                ? Task.CompletedTask
                : throw new InvalidOperationException(
                    $"Outside Development the issuer listens on HTTPS, or behind a proxy named in {Section}:KnownProxies or {Section}:KnownNetworks, and it was to listen on {string.Join(", ", addresses)}.");
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
