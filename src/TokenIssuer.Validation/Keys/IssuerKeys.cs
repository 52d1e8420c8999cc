namespace TokenIssuer.Validation.Keys;

/// <summary>Where the issuer's public keys come from.</summary>
internal abstract class IssuerKeys
{
    /// <summary>The set as known now; null before it was first read.</summary>
    public abstract KeySet? Current { get; }

    /// <summary>The set in which to look for <paramref name="keyId"/>, read again when it is not known and that is due.</summary>
    /// <returns>Null when there is none, or when it can't be told whether the key exists: a failure of ours.</returns>
    public abstract ValueTask<KeySet?> FindAsync(string keyId, CancellationToken cancellationToken);
}
