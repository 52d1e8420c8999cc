using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Revocation;
using TokenIssuer.Validation;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Diagnostics;
using TokenIssuer.Validation.Feed;
using TokenIssuer.Validation.Introspection;
using TokenIssuer.Validation.Keys;
using TokenIssuer.Validation.Tokens;

#pragma warning disable IDE0130 // Registration methods live where hosts look for them: beside AddAuthentication.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers validation.</summary>
public static class TokenIssuerBearerExtensions
{
    /// <summary>Accepts the access tokens of an issuer and refuses revoked ones, with settings from section <c>TokenIssuerValidation</c>.</summary>
    /// <param name="builder">The authentication of the host.</param>
    /// <param name="section">The section.</param>
    public static AuthenticationBuilder AddTokenIssuerBearer(this AuthenticationBuilder builder, IConfiguration section)
        => builder.AddTokenIssuerBearer(section.Bind);

    /// <summary>
    /// Accepts the access tokens of an issuer (RFC 9068) and refuses revoked ones, under the scheme <c>Bearer</c>. Revocations are
    /// followed over HTTP, unless another feed is registered (<c>AddRedisRevocationFeed</c>). API tokens (<c>tip_…</c>) are accepted
    /// as well, if this API is a client of the issuer (<see cref="TokenIssuerValidationOptions.ClientId"/>) and can ask it about them.
    /// </summary>
    /// <remarks>
    /// The rules are not negotiable: settings of <see cref="JwtBearerOptions"/> that concern validation have no effect. Its
    /// <see cref="JwtBearerEvents"/> are called as ever, but <c>OnTokenValidated</c> and <c>OnAuthenticationFailed</c> not after a refusal.
    /// The process starts without the issuer; until keys and revocations are there, tokens are answered with 503.
    /// </remarks>
    /// <param name="builder">The authentication of the host.</param>
    /// <param name="configure">The settings.</param>
    public static AuthenticationBuilder AddTokenIssuerBearer(this AuthenticationBuilder builder, Action<TokenIssuerValidationOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<TokenIssuerValidationOptions>()
            .Configure<IHostEnvironment>((options, environment) => options.AllowHttp = environment.IsDevelopment())
            .Configure(configure)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<TokenIssuerValidationOptions>>(new TokenIssuerValidationOptionsValidator(services));
        services.AddHttpClient(IssuerClient.Name, IssuerClient.Configure)
            .ConfigurePrimaryHttpMessageHandler(IssuerClient.CreateHandler)

            // Who asks tells of failures, once; the client would write a stack for each attempt.
            .RemoveAllLoggers();

        services.TryAddSingleton<Denylist>();
        services.TryAddSingleton<IRevocationFeed, HttpRevocationFeed>();
        services.AddHostedService(provider => new RevocationFollower(
            provider.GetRequiredService<IRevocationFeed>(),
            provider.GetRequiredService<Denylist>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RevocationFollower>>()));

        services.TryAddSingleton<IssuerMetadata>();
        services.TryAddSingleton<RemoteIssuerKeys>();
        services.TryAddSingleton<IssuerKeys>(provider => provider.GetRequiredService<RemoteIssuerKeys>());
        services.AddHostedService<KeySetFollower>();
        services.TryAddSingleton<IntrospectionClient>();
        services.TryAddSingleton<ApiTokenReader>();

        services.TryAddSingleton(provider => RulesFrom(provider.GetRequiredService<IOptions<TokenIssuerValidationOptions>>().Value));
        return builder.AddGate();
    }

    /// <summary>What remote and local validation have in common.</summary>
    internal static AuthenticationBuilder AddGate(this AuthenticationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new VerifiedTokenCache(
            provider.GetRequiredService<TokenRules>().CachedTokens, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<AccessTokenReader>();
        services.AddMetrics();
        services.TryAddSingleton<ValidationMetrics>();
        services.TryAddSingleton<TokenGate>();
        services.TryAddSingleton(provider => new TokenLeases(
            provider.GetRequiredService<Denylist>(), provider.GetRequiredService<TokenGate>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new RevocationFeedState(
            provider.GetRequiredService<Denylist>(), provider.GetRequiredService<IRevocationFeed>(), provider.GetRequiredService<TokenRules>().MaxStaleness));
        return builder.AddScheme<JwtBearerOptions, TokenIssuerBearerHandler>(JwtBearerDefaults.AuthenticationScheme, null);
    }

    private static TokenRules RulesFrom(TokenIssuerValidationOptions options)
        => new(options.Audience, options.ClockSkew, options.MaxStaleness, options.CachedTokens) { Staleness = options.Staleness };
}
