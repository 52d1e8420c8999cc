using Microsoft.Extensions.Options;

namespace TokenIssuer.Server.Throttling;

internal sealed class RateLimitRules : IValidateOptions<RateLimitOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitOptions options)
        => options.Faults().ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
}
