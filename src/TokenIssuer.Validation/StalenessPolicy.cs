using TokenIssuer.Revocation;

namespace TokenIssuer.Validation;

/// <summary>What to do with tokens when the replica of the revocation log is older than <see cref="TokenIssuerValidationOptions.MaxStaleness"/>.</summary>
/// <remarks>A token that the replica knows to be revoked is refused under every policy.</remarks>
public sealed class StalenessPolicy
{
    private StalenessPolicy(string name, TimeSpan? maxAge)
    {
        Name = name;
        MaxAge = maxAge;
    }

    /// <summary>Answer 503: the default.</summary>
    public static StalenessPolicy Reject { get; } = new("reject", null);

    /// <summary>
    /// Accept whatever its signature and its claims allow, however old the replica is and even if there never was one: while the
    /// feed is down nothing can be revoked here.
    /// </summary>
    public static StalenessPolicy Open { get; } = new("open", TimeSpan.MaxValue);

    internal string Name { get; }

    /// <summary>Null means the general bound.</summary>
    private TimeSpan? MaxAge { get; }

    /// <summary>Accept until the replica is older than <paramref name="max"/>, then answer 503. A token revoked meanwhile lives on for that long.</summary>
    /// <param name="max">Counted as <see cref="RevocationFeedState.Age"/>, more than zero.</param>
    public static StalenessPolicy ServeStale(TimeSpan max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(max, TimeSpan.Zero);
        return new StalenessPolicy("serve-stale", max);
    }

    /// <summary>Whether tokens are accepted with a replica that is past the general bound.</summary>
    internal bool Accepts(Denylist denylist) => ReferenceEquals(this, Open) || (denylist.IsLoaded && denylist.Age <= MaxAge);

    /// <summary>The name of the policy.</summary>
    public override string ToString() => MaxAge is { } age && age != TimeSpan.MaxValue ? $"{Name} ({age})" : Name;
}
