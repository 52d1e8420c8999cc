namespace TokenIssuer.Audit;

/// <summary>What happened. On the wire and in the store the name in snake_case: <c>refresh_reuse</c>.</summary>
public enum AuditEventType
{
    /// <summary>A user signed in.</summary>
    Login = 1,

    /// <summary>
    /// A login was refused, or somebody who is signed in gave a wrong password or code where it is asked for again; the reason
    /// says why or where, to administrators only.
    /// </summary>
    LoginRefused = 2,

    /// <summary>A spent refresh token was presented: somebody else may hold a copy (RFC 9700 §4.14.2).</summary>
    RefreshReuse = 3,

    /// <summary>A refresh token was replayed within its window by another agent than the one that rotated it.</summary>
    RefreshReplayForeign = 4,

    /// <summary>A user signed out.</summary>
    Logout = 5,

    /// <summary>A password was changed or reset.</summary>
    PasswordChanged = 6,

    /// <summary>A user, client or administrator revoked something.</summary>
    Revoked = 7,

    /// <summary>A session ended to make room for a newer one.</summary>
    SessionEvicted = 8,

    /// <summary>A user may no longer sign in.</summary>
    UserDisabled = 9,

    /// <summary>A user may sign in again.</summary>
    UserEnabled = 10,

    /// <summary>A user's roles changed.</summary>
    RolesChanged = 11,

    /// <summary>The announced key signs now.</summary>
    KeyRotated = 12,

    /// <summary>A key was taken out at once, with all it signed.</summary>
    KeyRetired = 13,

    /// <summary>The store had lost writes, and was healed or disowned.</summary>
    StoreLoss = 14,

    /// <summary>A user's second factor was turned on, or replaced by another.</summary>
    SecondFactorEnabled = 15,

    /// <summary>A user's second factor was taken away, by the user or an administrator.</summary>
    SecondFactorReset = 16,

    /// <summary>A user was deleted. What the log says of the user stays.</summary>
    UserDeleted = 17,

    /// <summary>A user made an API token.</summary>
    ApiTokenCreated = 18,

    /// <summary>A user deleted an API token, and so ended it.</summary>
    ApiTokenDeleted = 19,
}
