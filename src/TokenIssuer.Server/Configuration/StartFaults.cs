using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;
using TokenIssuer.Server.Throttling;

namespace TokenIssuer.Server.Configuration;

/// <summary>Tells whoever starts the process why it does not start: one sentence for each fault, no stack trace.</summary>
internal static class StartFaults
{
    public const int ExitCode = 1;

    public static async Task ReportAsync(Exception failure, IConfiguration? configuration)
    {
        foreach (var fault in Explain(failure, configuration).Distinct(StringComparer.Ordinal))
        {
            await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
        }
    }

    internal static IReadOnlyList<string> Explain(Exception failure, IConfiguration? configuration)
    {
        var unreadable = configuration is null ? [] : Unreadable(configuration);
        if (configuration is null || unreadable.Count == 0)
        {
            return [.. Sentences(failure)];
        }

        var others = Sentences(failure).Concat(BrokenRules(configuration, unreadable.Keys))
            .Where(sentence => !unreadable.Keys.Any(key => sentence.Contains(key, StringComparison.OrdinalIgnoreCase)));
        return [.. unreadable.Values, .. others];
    }

    private static IEnumerable<string> Sentences(Exception failure) => failure switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException several => several.InnerExceptions.SelectMany(Sentences),
        InvalidDataException { InnerException: { } cause } => [$"{failure.Message} {cause.Message}"],
        _ => [failure.Message],
    };

    /// <summary>
    /// The binder stops at the first text that does not fit its setting; trying each alone finds all of them, under
    /// their names.
    /// </summary>
    private static Dictionary<string, string> Unreadable(IConfiguration configuration)
    {
        var faults = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        TryEach<TokenIssuerOptions>(configuration.GetSection(IssuerRegistration.Section), faults);
        TryEach<TokenIssuerEndpointOptions>(configuration.GetSection(IssuerRegistration.Section), faults);
        TryEach<RateLimitOptions>(configuration.GetSection(RateLimitOptions.Section), faults);
        return faults;
    }

    private static void TryEach<TOptions>(IConfigurationSection section, Dictionary<string, string> faults)
        where TOptions : class, new()
    {
        foreach (var (key, value) in section.AsEnumerable().Where(setting => setting.Value is not null))
        {
            var alone = new ConfigurationBuilder().AddInMemoryCollection([new KeyValuePair<string, string?>(key, value)]).Build();
            try
            {
                alone.GetSection(section.Path).Bind(new TOptions());
            }
            catch (InvalidOperationException failure)
            {
                faults[key] = $"{key} is \"{value}\", which can't be read: {failure.InnerException?.Message ?? failure.Message}";
            }
        }
    }

    /// <summary>What the rules say of the settings that can be read, which nobody has asked them yet.</summary>
    private static IEnumerable<string> BrokenRules(IConfiguration configuration, Dictionary<string, string>.KeyCollection unreadable)
    {
        var readable = new ConfigurationBuilder()
            .AddInMemoryCollection(configuration.AsEnumerable().Where(setting => setting.Value is not null && !unreadable.Contains(setting.Key)))
            .Build();
        var issuer = readable.GetSection(IssuerRegistration.Section);
        var limits = readable.GetSection(RateLimitOptions.Section);
        return Broken(issuer, new TokenIssuerOptionsValidator(), new Durations<TokenIssuerOptions>(issuer))
            .Concat(Broken(issuer, new TokenIssuerEndpointOptionsValidator(), new Durations<TokenIssuerEndpointOptions>(issuer)))
            .Concat(Broken(limits, new RateLimitRules(), new Durations<RateLimitOptions>(limits)));
    }

    private static IEnumerable<string> Broken<TOptions>(IConfigurationSection section, params IReadOnlyList<IValidateOptions<TOptions>> rules)
        where TOptions : class, new()
    {
        var options = new TOptions();
        section.Bind(options);
        return rules.SelectMany(rule => rule.Validate(null, options).Failures ?? []);
    }
}
