using System.Text.Json;
using System.Text.RegularExpressions;
using TokenIssuer.Audit;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Conventions;

/// <summary>What the console spells out and the compiler cannot compare with the issuer.</summary>
public sealed partial class ConsoleConventionTests
{
    [Fact]
    public void The_audit_log_can_be_filtered_by_every_type_of_event_and_no_other()
    {
        var model = File.ReadAllText(Repository.PathOf("src/TokenIssuer.Server/Console/src/api/model.ts"));
        var offered = Word().Matches(AuditTypes().Match(model).Groups[1].Value).Select(match => match.Groups[1].Value);
        var written = Enum.GetValues<AuditEventType>().Select(type => JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString()));

        Assert.Equal(written.Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"export const auditTypes = \[(.*?)\]", RegexOptions.Singleline)]
    private static partial Regex AuditTypes();

    [GeneratedRegex("'(.*?)'")]
    private static partial Regex Word();
}
