using System.Collections.Frozen;
using Microsoft.IdentityModel.Tokens;

namespace TokenIssuer.Validation.Keys;

/// <summary>The public keys of one issuer at one time. Keys are bound to the issuer that published them.</summary>
internal sealed class KeySet
{
    private readonly FrozenDictionary<string, VerificationKey> _keys;

    private KeySet(string issuer, FrozenDictionary<string, VerificationKey> keys)
    {
        Issuer = issuer;
        _keys = keys;
    }

    public string Issuer { get; }

    public int Count => _keys.Count;

    /// <exception cref="FormatException">A name stands for two keys, or no key can be used.</exception>
    public static KeySet Of(string issuer, IReadOnlyList<JsonWebKey> published)
    {
        var keys = published.Select(VerificationKey.From).OfType<VerificationKey>().ToList();
        if (keys.DistinctBy(key => key.KeyId).Count() != keys.Count)
        {
            throw new FormatException("The issuer's key set has one kid twice: which key is meant can't be told.");
        }

        return keys.Count > 0
            ? new KeySet(issuer, keys.ToFrozenDictionary(key => key.KeyId, StringComparer.Ordinal))
            : throw new FormatException("The issuer's key set has no key that can verify access tokens (ES256, or RS256/PS256 where the key says so).");
    }

    /// <summary>This set, or <paramref name="known"/> if it has the same keys: what was verified against it then still counts.</summary>
    public KeySet OrSame(KeySet? known)
        => known is not null && known.Issuer == Issuer && known.Count == Count && _keys.Values.All(key => known.Find(key.KeyId)?.Thumbprint == key.Thumbprint) ? known : this;

    public VerificationKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);
}
