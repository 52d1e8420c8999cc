using TokenIssuer.Families;

namespace TokenIssuer;

/// <summary>The settings of the issuer, section <c>TokenIssuer</c>. Checked at start: a bad value stops the process with one sentence per fault.</summary>
public sealed class TokenIssuerOptions
{
    /// <summary>The <c>iss</c> of every token and the <c>issuer</c> of the metadata (RFC 8414 §2): an absolute URL without query, fragment or trailing slash.</summary>
    public string Issuer { get; set; } = "http://localhost:5080";

    /// <summary>The default <c>aud</c> of access tokens.</summary>
    public string Audience { get; set; } = "notes-api";

    /// <summary>The folder of private keys, relative to the working folder. Issuers on several hosts share it.</summary>
    public string KeysDirectory { get; set; } = "keys";

    /// <summary>How long an access token is good for: 1 s to 10 min, 5 min by default. A stolen one that nobody revokes works that long.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Lifts the 10-minute limit of <see cref="AccessTokenLifetime"/> to <see cref="AbsoluteLifetime"/>.</summary>
    public bool AllowLongAccessTokens { get; set; }

    /// <summary>
    /// How long a session lives without a refresh: at least 1 s, 30 min by default, at most <see cref="AbsoluteLifetime"/>. Its
    /// access tokens end with it: below <see cref="AccessTokenLifetime"/> it is what bounds them.
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a session lives however active it is: 12 h by default. Only a new login starts it over.</summary>
    public TimeSpan AbsoluteLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// How long the direct predecessor of a refresh token yields the same successor again, for tabs that refresh at once:
    /// 0 to 120 s, 30 s by default. A thief who replays within it rides along unnoticed; 0 closes that and signs such tabs out.
    /// </summary>
    public TimeSpan ConcurrencyWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the predecessor yields the same successor for the same <c>Idempotency-Key</c>, for answers lost on the way:
    /// 0 to 1 h, 10 min by default. Shut by the first use of the successor.
    /// </summary>
    public TimeSpan LostResponseWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What a reused refresh token kills; the family by default.</summary>
    public ReuseScope ReuseScope { get; set; } = ReuseScope.Family;

    /// <summary>How many sessions a user may have at once: at least 1, 10 by default.</summary>
    public int MaxSessionsPerUser { get; set; } = 10;

    /// <summary>What happens to a login at the cap.</summary>
    public SessionLimitPolicy SessionLimitPolicy { get; set; } = SessionLimitPolicy.EvictOldest;

    /// <summary>Lower caps by role, in any case; the lowest that applies to a user counts.</summary>
    public Dictionary<string, int> MaxSessionsPerRole { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many API tokens a user may have at once: at least 0, 50 by default.</summary>
    public int MaxApiTokensPerUser { get; set; } = 50;

    /// <summary>The scopes a user may ask for at login; a login that asks for none gets all.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>The OAuth clients. The public client <c>spa</c> is always there.</summary>
    public IList<OAuthClient> Clients { get; } = [];

    /// <summary>The phases of signing keys.</summary>
    public SigningKeyOptions Keys { get; } = new();

    /// <summary>How long an entry of the revocation log is kept: longer than any access token it could forbid, skew included.</summary>
    internal TimeSpan Retention => (2 * AccessTokenLifetime) + TimeSpan.FromMinutes(10);
}
