namespace TokenIssuer.Users;

/// <summary>What became of a change that an administrator wanted.</summary>
public abstract record UserChange
{
    private UserChange()
    {
    }

    /// <summary>Done, and durable.</summary>
    /// <param name="User">The user as changed.</param>
    public sealed record Done(UserAccount User) : UserChange;

    /// <summary>There is no such user.</summary>
    public sealed record Unknown : UserChange;

    /// <summary>It breaks rules of the directory. Nothing was changed.</summary>
    /// <param name="Reasons">One sentence for each rule.</param>
    public sealed record Refused(IReadOnlyList<string> Reasons) : UserChange;
}
