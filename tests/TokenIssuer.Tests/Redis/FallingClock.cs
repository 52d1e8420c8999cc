namespace TokenIssuer.Tests.Redis;

/// <summary>The clock of a host that was set back, once or again with every look.</summary>
internal sealed class FallingClock : TimeProvider
{
    private long _behind;

    public TimeSpan WithEachLook { get; set; }

    public void Fall(TimeSpan by) => Interlocked.Add(ref _behind, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromTicks(Interlocked.Add(ref _behind, WithEachLook.Ticks));
}
