namespace TokenIssuer;

/// <summary>How the refresh token of a session travels to its client. Fixed at login, so that nothing hands to scripts what a cookie kept from them.</summary>
public enum TokenTransport
{
    /// <summary>Only as a cookie that scripts can't read. The default.</summary>
    Cookie = 0,

    /// <summary>In the JSON, for clients that are no browsers.</summary>
    Body = 1,
}
