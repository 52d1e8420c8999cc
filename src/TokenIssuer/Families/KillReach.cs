namespace TokenIssuer.Families;

/// <summary>How far a kill of a whole user reaches; each step includes the ones before it.</summary>
internal enum KillReach
{
    /// <summary>Access tokens only; the next refresh carries new claims (roles changed).</summary>
    AccessTokens = 1,

    /// <summary>Every session with its access tokens (logout <c>all</c>).</summary>
    Sessions = 2,

    /// <summary>Sessions, access tokens and API tokens (password change, disable, administrator).</summary>
    Everything = 3,
}
