namespace TokenIssuer.Families;

/// <summary>What is known of a user.</summary>
/// <param name="Subject">Null when the store holds no record of the user.</param>
/// <param name="Floors">Effective values: <c>all</c> and the caller's knowledge merged in.</param>
/// <param name="Now">The time of the step.</param>
internal readonly record struct UserStanding(Subject? Subject, UserFloors Floors, DateTimeOffset Now);
