using TokenIssuer.AspNetCore;
using TokenIssuer.Server.Diagnostics;

namespace TokenIssuer.Server.Configuration;

/// <summary>Tells of names under <c>TokenIssuer</c> that nothing reads: misspelt ones, as a rule. No fault, since the environment may hold other tools' variables.</summary>
internal static class UnknownSettings
{
    public static WebApplication WarnOfUnknownSettings(this WebApplication app)
    {
        foreach (var setting in Find(app.Configuration.GetSection(IssuerRegistration.Section)))
        {
            app.Logger.UnknownSetting(setting);
        }

        return app;
    }

    internal static IEnumerable<string> Find(IConfigurationSection section)
    {
        var known = new[] { typeof(TokenIssuerOptions), typeof(TokenIssuerEndpointOptions) }
            .SelectMany(type => type.GetProperties())
            .Select(property => property.Name)
            .Append(RedisRules.Permission)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return section.GetChildren().Where(child => !known.Contains(child.Key)).Select(child => child.Path);
    }
}
