using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Feed;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation;

/// <summary>Refuses settings that would break a promise; each fault is one sentence that says what to change.</summary>
internal sealed class TokenIssuerValidationOptionsValidator(IServiceCollection services) : IValidateOptions<TokenIssuerValidationOptions>
{
    private const int MostCachedTokens = 1 << 20;

    private static readonly TimeSpan s_shortestStaleness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestStaleness = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_longestSkew = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, TokenIssuerValidationOptions options)
    {
        var faults = Names(options).Concat(Bounds(options)).Concat(Credentials(options)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Names(TokenIssuerValidationOptions options)
    {
        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority) || authority.Scheme is not ("http" or "https")
            || authority.Query.Length > 0 || authority.Fragment.Length > 0)
        {
            yield return $"TokenIssuerValidation:Authority is \"{options.Authority}\" but must be the absolute http(s) URL of the issuer.";
        }
        else if (!IssuerClient.MayCall(authority, options))
        {
            yield return $"TokenIssuerValidation:Authority is \"{options.Authority}\" but must be https outside Development: whoever answers for it decides who gets in.";
        }

        if (string.IsNullOrWhiteSpace(options.Audience))
        {
            yield return "TokenIssuerValidation:Audience is empty: set the name of this API, the aud of its tokens.";
        }

        if (options.Issuer is { Length: 0 })
        {
            yield return "TokenIssuerValidation:Issuer is empty: set the iss of the tokens, or leave it out to take what the authority's metadata names.";
        }
    }

    private static IEnumerable<string> Bounds(TokenIssuerValidationOptions options)
    {
        if (options.MaxStaleness < s_shortestStaleness || options.MaxStaleness > s_longestStaleness)
        {
            yield return $"TokenIssuerValidation:MaxStaleness is {options.MaxStaleness} but must be from 00:00:01 to 01:00:00.";
        }

        if (options.ClockSkew < TimeSpan.Zero || options.ClockSkew > s_longestSkew)
        {
            yield return $"TokenIssuerValidation:ClockSkew is {options.ClockSkew} but must be from 00:00:00 to 00:05:00.";
        }

        if (options.CachedTokens is < 0 or > MostCachedTokens)
        {
            yield return $"TokenIssuerValidation:CachedTokens is {options.CachedTokens} but must be from 0 (none) to {MostCachedTokens}.";
        }
    }

    private IEnumerable<string> Credentials(TokenIssuerValidationOptions options)
    {
        if (string.IsNullOrEmpty(options.ClientId) != string.IsNullOrEmpty(options.ClientSecret))
        {
            yield return "TokenIssuerValidation:ClientId and TokenIssuerValidation:ClientSecret belong together: set both, or neither when the feed is followed in Redis.";
        }
        else if (string.IsNullOrEmpty(options.ClientId) && IsFollowedOverHttp())
        {
            yield return "TokenIssuerValidation:ClientId is empty: set it and TokenIssuerValidation:ClientSecret to follow the revocation feed over HTTP, or follow it in Redis (AddRedisRevocationFeed).";
        }
    }

    /// <summary>Asks for the registration, not the feed, which could not be made without valid options.</summary>
    private bool IsFollowedOverHttp()
        => services.LastOrDefault(service => service.ServiceType == typeof(IRevocationFeed))?.ImplementationType == typeof(HttpRevocationFeed);
}
