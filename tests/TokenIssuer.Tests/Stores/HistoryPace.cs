namespace TokenIssuer.Tests.Stores;

/// <summary>How long the sessions of a history last, and how much time it may take.</summary>
/// <remarks>
/// Either way nothing is forgotten on one side only: a store keeps what nobody can use any more for its retention at least, and
/// the record of a user for another ten minutes.
/// </remarks>
internal sealed record HistoryPace(TimeSpan IdleTimeout, TimeSpan AbsoluteLifetime, TokenIssuerOptions Options, int Slowness)
{
    /// <summary>Sessions idle out and end while the log still has every entry.</summary>
    public static HistoryPace Brisk { get; } = new(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(6), new TokenIssuerOptions(), Slowness: 1);

    /// <summary>Sessions lie idle for longer than the log remembers, and live.</summary>
    public static HistoryPace Slow { get; } = new(
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), new TokenIssuerOptions { AccessTokenLifetime = TimeSpan.FromSeconds(1) }, Slowness: 2);

    private static TimeSpan Longest { get; } = TimeSpan.FromMinutes(19);

    /// <summary>The steps of a history that fit into its time.</summary>
    public IEnumerable<HistoryStep> Of(IEnumerable<HistoryStep> steps)
    {
        var left = Longest;
        return steps.Select(step => step with { After = step.After * Slowness }).TakeWhile(step => (left -= step.After) > TimeSpan.Zero);
    }
}
