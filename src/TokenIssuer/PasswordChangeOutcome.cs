namespace TokenIssuer;

/// <summary>What became of a password change.</summary>
public abstract record PasswordChangeOutcome
{
    private PasswordChangeOutcome()
    {
    }

    /// <summary>Changed: everything minted before is dead, and the caller has a new session.</summary>
    /// <param name="Answer">The tokens of the new session.</param>
    public sealed record Changed(TokenAnswer Answer) : PasswordChangeOutcome;

    /// <summary>
    /// Changed, but the store did not answer: what was minted before dies as soon as it does, and the caller has no new session. The old
    /// password works no longer.
    /// </summary>
    public sealed record Incomplete : PasswordChangeOutcome;

    /// <summary>The current password was wrong; nothing was revoked.</summary>
    public sealed record Wrong : PasswordChangeOutcome;

    /// <summary>The new password breaks rules; nothing was revoked.</summary>
    /// <param name="Reasons">One sentence for each rule.</param>
    public sealed record Weak(IReadOnlyList<string> Reasons) : PasswordChangeOutcome;
}
