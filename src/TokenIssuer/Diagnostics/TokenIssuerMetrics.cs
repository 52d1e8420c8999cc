using System.Diagnostics.Metrics;
using TokenIssuer.Families;

namespace TokenIssuer.Diagnostics;

/// <summary>What the issuer counts, meter <c>TokenIssuer</c>. Tags have few values; nothing names a user.</summary>
internal sealed class TokenIssuerMetrics
{
    public const string MeterName = "TokenIssuer";

    private readonly Counter<long> _logins;
    private readonly Counter<long> _refreshes;
    private readonly Counter<long> _revocations;
    private readonly Histogram<double> _reuseAge;
    private readonly IssuerActivity _activity;

    public TokenIssuerMetrics(IMeterFactory meters, IssuerActivity activity)
    {
        _activity = activity;
        var meter = meters.Create(MeterName);
        _logins = meter.CreateCounter<long>("tokenissuer.logins", description: "Logins by outcome.");
        _refreshes = meter.CreateCounter<long>("tokenissuer.refreshes", description: "Presented refresh tokens by outcome.");
        _revocations = meter.CreateCounter<long>("tokenissuer.revocations", description: "Revocations by reason.");
        _reuseAge = meter.CreateHistogram<double>("tokenissuer.reuse.age", "s", "Time between a rotation and the reuse of its parent.");
    }

    public void LoginStarted(TokenFamily family)
    {
        _activity.LoggedIn(family);
        _logins.Add(1, Outcome("started"));
    }

    public void LoginRefused() => _logins.Add(1, Outcome("refused"));

    public void LoginOverLimit() => _logins.Add(1, Outcome("limit"));

    public void RefreshAnswered(RotationVerdict verdict, TokenFamily? family = null)
    {
        if (verdict is RotationVerdict.Rotated or RotationVerdict.RolledBack && family is not null)
        {
            _activity.Rotated(family);
        }

        _refreshes.Add(1, Outcome(NameOf(verdict)));
    }

    public void RefreshTokenUnsealable() => _refreshes.Add(1, Outcome("unsealable"));

    public void RefreshTokenReused(TimeSpan age)
    {
        _activity.Reused();
        _reuseAge.Record(age.TotalSeconds);
        _revocations.Add(1, new KeyValuePair<string, object?>("reason", nameof(Revocation.RevocationReason.RefreshTokenReused)));
    }

    public void Revoked(Revocation.RevocationReason reason)
    {
        _activity.Revoked();
        _revocations.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    private static KeyValuePair<string, object?> Outcome(string name) => new("outcome", name);

    private static string NameOf(RotationVerdict verdict) => verdict switch
    {
        RotationVerdict.Rotated => "rotated",
        RotationVerdict.ReplayedConcurrent => "replayed-concurrent",
        RotationVerdict.ReplayedLost => "replayed-lost",
        RotationVerdict.Reused => "reuse",
        RotationVerdict.RolledBack => "rolled-back",
        RotationVerdict.Forged => "forged",
        RotationVerdict.Missing => "missing",
        RotationVerdict.BelowFloor => "revoked",
        RotationVerdict.WrongSecret => "wrong-secret",
        RotationVerdict.Expired => "expired",
        RotationVerdict.Foreign => "foreign",
        RotationVerdict.WiderScope => "wider-scope",
        _ => "unknown",
    };
}
