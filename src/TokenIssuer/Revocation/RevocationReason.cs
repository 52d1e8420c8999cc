namespace TokenIssuer.Revocation;

/// <summary>Why something was revoked. Written to the log and the audit trail; clients only ever see <c>revoked</c>.</summary>
public enum RevocationReason
{
    /// <summary>The user signed out.</summary>
    Logout = 1,

    /// <summary>The user changed the password, or it was reset.</summary>
    PasswordChanged = 2,

    /// <summary>A spent refresh token was presented (RFC 9700 §4.14.2).</summary>
    RefreshTokenReused = 3,

    /// <summary>An administrator ended it.</summary>
    Administrator = 4,

    /// <summary>The user was disabled or deleted.</summary>
    UserDisabled = 5,

    /// <summary>The user's roles changed.</summary>
    RolesChanged = 6,

    /// <summary>A newer session took its place.</summary>
    SessionEvicted = 7,

    /// <summary>The same browser signed in again.</summary>
    Replaced = 8,

    /// <summary>A client revoked the token (RFC 7009).</summary>
    ClientRevoked = 9,

    /// <summary>The user ended it from the list of sessions or API tokens.</summary>
    EndedByUser = 10,

    /// <summary>The signing key was retired.</summary>
    KeyRetired = 11,

    /// <summary>The store had lost what it acknowledged, and nobody remembered.</summary>
    StoreLoss = 12,

    /// <summary>The store is new: everything older than it is dead.</summary>
    StoreBirth = 13,

    /// <summary>A second factor was reset.</summary>
    SecondFactorReset = 14,
}
