using System.Diagnostics.Metrics;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Diagnostics;

/// <summary>What a resource API counts, meter <c>TokenIssuer.Validation</c>. Tags have few values; nothing names a user.</summary>
internal sealed class ValidationMetrics
{
    public const string MeterName = "TokenIssuer.Validation";

    private readonly Counter<long> _tokens;
    private readonly Counter<long> _servedStale;

    public ValidationMetrics(IMeterFactory meters, RevocationFeedState feed)
    {
        var meter = meters.Create(MeterName);
        _tokens = meter.CreateCounter<long>("tokenissuer.validation.tokens", description: "Presented access tokens by outcome.");
        _servedStale = meter.CreateCounter<long>("tokenissuer.validation.served_stale", description: "Tokens accepted although the replica was past its bound, by policy.");
        meter.CreateObservableGauge("tokenissuer.feed.age", () => feed.Age.TotalSeconds, "s", "How old the replica of the revocation log is.");
        meter.CreateObservableGauge("tokenissuer.feed.stale", () => feed.IsStale ? 1 : 0, description: "1 while the replica is missing or past its bound.");
        meter.CreateObservableGauge("tokenissuer.denylist.entries", () => feed.Entries, description: "Entries of the replica.");
    }

    public void TokenJudged(TokenVerdict verdict)
    {
        if (_tokens.Enabled)
        {
            _tokens.Add(1, new KeyValuePair<string, object?>("outcome", Outcomes.NameOf(verdict)));
        }
    }

    public void ServedStale(StalenessPolicy policy) => _servedStale.Add(1, new KeyValuePair<string, object?>("policy", policy.Name));
}
