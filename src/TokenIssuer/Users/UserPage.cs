namespace TokenIssuer.Users;

/// <summary>A page of users, by name.</summary>
/// <param name="Users">The users.</param>
/// <param name="Next">Where the next page starts; null on the last.</param>
public sealed record UserPage(IReadOnlyList<UserAccount> Users, string? Next);
