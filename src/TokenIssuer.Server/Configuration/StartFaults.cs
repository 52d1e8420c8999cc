using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;

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
        return unreadable.Count > 0 ? unreadable : [.. Sentences(failure)];
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
    private static List<string> Unreadable(IConfiguration configuration)
    {
        var faults = new List<string>();
        TryEach<TokenIssuerOptions>(configuration.GetSection("TokenIssuer"), faults);
        TryEach<TokenIssuerEndpointOptions>(configuration.GetSection("TokenIssuer"), faults);
        TryEach<Throttling.RateLimitOptions>(configuration.GetSection(Throttling.RateLimitOptions.Section), faults);
        return faults;
    }

    private static void TryEach<TOptions>(IConfigurationSection section, List<string> faults)
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
                faults.Add($"{key} is \"{value}\", which can't be read: {failure.InnerException?.Message ?? failure.Message}");
            }
        }
    }
}
