namespace TokenIssuer.Families;

/// <summary>What happens to a login when the user already has as many sessions as allowed.</summary>
public enum SessionLimitPolicy
{
    /// <summary>The session started longest ago ends, with its access tokens. The default.</summary>
    EvictOldest = 0,

    /// <summary>The login is refused (409 <c>session_limit</c>), after the credentials were found correct.</summary>
    Refuse = 1,
}
