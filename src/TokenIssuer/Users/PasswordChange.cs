namespace TokenIssuer.Users;

/// <summary>What became of a password change in the directory.</summary>
public abstract record PasswordChange
{
    private PasswordChange()
    {
    }

    /// <summary>The new password is stored; from now on the old one opens nothing.</summary>
    public sealed record Changed : PasswordChange;

    /// <summary>
    /// The new password is stored, and what it makes invalid could not be revoked yet: the directory goes on trying by itself, and
    /// no session can start before it is done.
    /// </summary>
    public sealed record Unsettled : PasswordChange;

    /// <summary>The current password was wrong, or the user may not sign in. Nothing was changed.</summary>
    public sealed record Wrong : PasswordChange;

    /// <summary>The new password breaks a rule. Nothing was changed.</summary>
    /// <param name="Reasons">One sentence for each rule, fit to be shown to the user.</param>
    public sealed record Weak(IReadOnlyList<string> Reasons) : PasswordChange;
}
