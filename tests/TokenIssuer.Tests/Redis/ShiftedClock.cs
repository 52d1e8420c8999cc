namespace TokenIssuer.Tests.Redis;

/// <summary>The clock of a host that is wrong by a fixed amount.</summary>
internal sealed class ShiftedClock(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
}
