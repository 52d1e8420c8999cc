using System.Text.Json.Serialization;

namespace TokenIssuer;

/// <summary>An OAuth client (RFC 6749 §2), an element of <c>TokenIssuer:Clients</c>.</summary>
public sealed class OAuthClient
{
    /// <summary>The public client that every issuer has: browsers and native clients that use <c>/auth</c>.</summary>
    public const string SpaClientId = "spa";

    /// <summary>Its <c>client_id</c>.</summary>
    public string ClientId { get; set; } = string.Empty;

    /// <summary>Its secret in clear; better keep a <see cref="SecretHash"/>.</summary>
    [JsonIgnore]
    public string? Secret { get; set; }

    /// <summary>The SHA-256 of its secret, as 64 hexadecimal digits. Enough for a random secret of 128 bits and more.</summary>
    [JsonIgnore]
    public string? SecretHash { get; set; }

    /// <summary>Whether it has no secret (RFC 6749 §2.1).</summary>
    public bool Public { get; set; }

    /// <summary>
    /// What it may ask for: <c>client_credentials</c>; <c>refresh_token</c>, for the sessions of users whom it signed in itself at
    /// <c>/auth/login</c>. Without the latter it signs nobody in.
    /// </summary>
    public IList<string> GrantTypes { get; } = [];

    /// <summary>The scopes it may have; in a user's name only those of <see cref="TokenIssuerOptions.Scopes"/> among them.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>The client id alone, never the secret.</summary>
    public override string ToString() => ClientId;
}
