using TokenIssuer.Families;
using TokenIssuer.Users;

namespace TokenIssuer;

/// <summary>What became of a login.</summary>
public abstract record LoginOutcome
{
    private LoginOutcome()
    {
    }

    /// <summary>Signed in: a new session.</summary>
    /// <param name="Answer">The tokens.</param>
    /// <param name="User">Who signed in.</param>
    /// <param name="Evicted">Sessions that ended to make room for it.</param>
    /// <param name="Replaced">The session of the same user that ended because the new one took its place; null when none did.</param>
    public sealed record LoggedIn(TokenAnswer Answer, UserClaims User, IReadOnlyList<SessionId> Evicted, SessionId? Replaced = null) : LoginOutcome;

    /// <summary>Refused. The verdict is for the audit log; clients must not be able to tell the cases apart.</summary>
    /// <param name="Verdict">Why.</param>
    /// <param name="Subject">Whose name was given; null when nobody's.</param>
    public sealed record Refused(CredentialVerdict Verdict, Subject? Subject) : LoginOutcome;

    /// <summary>The credentials are right, and the user has as many sessions as allowed.</summary>
    /// <param name="Subject">The user.</param>
    public sealed record SessionLimitReached(Subject Subject) : LoginOutcome;

    /// <summary>A scope was asked for that no user may have (RFC 6749 §5.2 <c>invalid_scope</c>).</summary>
    public sealed record InvalidScope : LoginOutcome;
}
