namespace TokenIssuer.Families;

/// <summary>What a reused refresh token kills.</summary>
public enum ReuseScope
{
    /// <summary>The family of the token and every access token minted from it. The default: false alarms stay on one device.</summary>
    Family = 0,

    /// <summary>Every session, access token and API token of the user.</summary>
    User = 1,
}
