using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore.Edge;

namespace TokenIssuer.AspNetCore;

/// <summary>Refuses settings that would weaken the cookie or the origin check; each fault is one sentence that says what to change.</summary>
internal sealed class TokenIssuerEndpointOptionsValidator : IValidateOptions<TokenIssuerEndpointOptions>
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1800);

    public ValidateOptionsResult Validate(string? name, TokenIssuerEndpointOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(TokenIssuerEndpointOptions options)
    {
        if (options.Cookie.MaxAge is { } age && (age < s_shortest || age > s_longest))
        {
            yield return $"TokenIssuer:Cookie:MaxAge is {age} but must be from 00:00:01 to 00:30:00, or absent for a cookie that ends with the browser.";
        }

        foreach (var origin in options.AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || OriginCheck.OriginOf(uri) != origin)
            {
                yield return $"TokenIssuer:AllowedOrigins has \"{origin}\", which is not an origin as browsers send it: scheme, lower-case host and port if not the default one, without path or trailing slash, such as https://app.example.com.";
            }
        }
    }
}
