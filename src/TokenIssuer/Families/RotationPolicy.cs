namespace TokenIssuer.Families;

/// <summary>The settings that govern one rotation.</summary>
internal sealed record RotationPolicy(
    TimeSpan IdleTimeout,
    TimeSpan ConcurrencyWindow,
    TimeSpan LostResponseWindow,
    ReuseScope ReuseScope);
