namespace TokenIssuer.Users;

/// <summary>What became of a change that an administrator wanted.</summary>
public abstract record UserChange
{
    private UserChange()
    {
    }

    /// <summary>Done, and durable. What it makes invalid is for the caller to revoke.</summary>
    /// <param name="User">The user as changed.</param>
    public sealed record Done(UserAccount User) : UserChange;

    /// <summary>Done, and durable, and what it makes invalid is revoked already: the directory sees to that itself.</summary>
    /// <param name="User">The user as changed.</param>
    public sealed record Settled(UserAccount User) : UserChange;

    /// <summary>It was so before. Nothing was changed, and what an earlier change made invalid is revoked.</summary>
    /// <param name="User">The user as found.</param>
    public sealed record Unchanged(UserAccount User) : UserChange;

    /// <summary>There is no such user.</summary>
    public sealed record Unknown : UserChange;

    /// <summary>It would leave nobody who can sign in as an administrator, and so nobody who could take it back. Nothing was changed.</summary>
    public sealed record LastAdministrator : UserChange;

    /// <summary>It breaks rules of the directory. Nothing was changed.</summary>
    /// <param name="Reasons">One sentence for each rule.</param>
    public sealed record Refused(IReadOnlyList<string> Reasons) : UserChange;
}
