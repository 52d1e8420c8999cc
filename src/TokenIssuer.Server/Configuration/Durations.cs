using System.Globalization;
using Microsoft.Extensions.Options;

namespace TokenIssuer.Server.Configuration;

/// <summary>Refuses durations that are a bare number: .NET reads days, and whoever wrote "8" meant hours, minutes or seconds. Only 0 is clear.</summary>
internal sealed class Durations<TOptions>(IConfigurationSection section) : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
        => Faults(section, typeof(TOptions)).ToList() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;

    private static IEnumerable<string> Faults(IConfigurationSection written, Type type)
    {
        foreach (var property in type.GetProperties())
        {
            var setting = written.GetSection(property.Name);
            if (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(TimeSpan?))
            {
                if (int.TryParse(setting.Value, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var days) && days > 0)
                {
                    yield return $"{setting.Path} is \"{setting.Value}\", which would be {days} days: durations are d.hh:mm:ss, such as 00:05:00, or {days}.00:00:00 if days are meant.";
                }
            }
            else if (property.PropertyType.Assembly == type.Assembly && property.PropertyType.IsClass)
            {
                foreach (var fault in Faults(setting, property.PropertyType))
                {
                    yield return fault;
                }
            }
        }
    }
}
