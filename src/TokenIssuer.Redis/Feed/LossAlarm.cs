namespace TokenIssuer.Redis.Feed;

/// <summary>Tells the follower of this issuer that a step met a loss, so that healing begins at once and not with the next second.</summary>
internal sealed class LossAlarm
{
    public event Action? Raised;

    public void Raise() => Raised?.Invoke();
}
