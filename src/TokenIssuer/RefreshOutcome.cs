using TokenIssuer.Families;

namespace TokenIssuer;

/// <summary>What became of a refresh.</summary>
public abstract record RefreshOutcome
{
    private RefreshOutcome()
    {
    }

    /// <summary>The successor and a new access token; the same successor again when the token had been rotated already and a window allows the replay.</summary>
    /// <param name="Answer">The tokens.</param>
    /// <param name="Subject">The user.</param>
    /// <param name="IsForeignReplay">Replayed by another agent than the one that rotated: worth an audit event.</param>
    public sealed record Refreshed(TokenAnswer Answer, Subject Subject, bool IsForeignReplay) : RefreshOutcome;

    /// <summary>Dead, unknown or foreign: one answer for all (400 <c>invalid_grant</c>).</summary>
    public sealed record InvalidGrant : RefreshOutcome;

    /// <summary>A spent token: its family, or its user's everything, is dead now. Answered like <see cref="InvalidGrant"/>.</summary>
    /// <param name="Subject">The user.</param>
    /// <param name="SessionId">The family.</param>
    public sealed record Reused(Subject Subject, SessionId SessionId) : RefreshOutcome;

    /// <summary>A wider scope than granted (RFC 6749 §6); the token stays good.</summary>
    public sealed record InvalidScope : RefreshOutcome;
}
