namespace TokenIssuer.Server.Users;

/// <summary>A user that the configuration asks for, an element of <c>Users:Seed</c>.</summary>
internal sealed class SeedUser
{
    public const string Section = "Users:Seed";

    public string Username { get; set; } = string.Empty;

    public string Password { get; set; } = string.Empty;

    public IList<string> Roles { get; } = [];

    /// <summary>The name alone, never the password.</summary>
    public override string ToString() => Username;
}
