namespace TokenIssuer.Families;

/// <summary>
/// The three integers that decide what of a user is alive. They only ever rise, and merge by maximum.
/// </summary>
/// <param name="Generation">Access tokens that carry a smaller <c>gen</c> are dead.</param>
/// <param name="Floor">Families born below it are dead.</param>
/// <param name="ApiFloor">API tokens born below it are dead.</param>
internal readonly record struct UserFloors(long Generation, long Floor, long ApiFloor)
{
    public static UserFloors All(long value) => new(value, value, value);

    public UserFloors Max(UserFloors other) => new(
        Math.Max(Generation, other.Generation),
        Math.Max(Floor, other.Floor),
        Math.Max(ApiFloor, other.ApiFloor));

    public bool Covers(UserFloors other) => Max(other) == this;

    /// <summary>Raises what <paramref name="reach"/> names to a value above every generation in use.</summary>
    public UserFloors Raise(KillReach reach, DateTimeOffset now)
    {
        var next = Math.Max(Generation + 1, now.ToUnixTimeMilliseconds());
        return new UserFloors(
            next,
            reach >= KillReach.Sessions ? next : Floor,
            reach >= KillReach.Everything ? next : ApiFloor);
    }
}
