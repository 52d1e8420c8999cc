using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Tokens;

/// <summary>Finds out whether a text is an access token of our issuer for this API: the signature and every rule that does not depend on now.</summary>
internal sealed class AccessTokenReader(IssuerKeys keys, TokenRules rules, VerifiedTokenCache cache)
{
    /// <summary>Accepted here means: the signature was valid. It never means that a request is allowed.</summary>
    public ValueTask<TokenVerdict> ReadAsync(string token, CancellationToken cancellationToken)
    {
        if (!TokenDigest.TryCompute(token, out var digest))
        {
            return new(Verdicts.Refuse(RefusalReason.Malformed));
        }

        return keys.Current is { } current && cache.Find(digest, current) is { } known
            ? new(known.Accepted)
            : VerifyAsync(token, digest, cancellationToken);
    }

    /// <summary>The token, expired or revoked as it may be: enough to sign out with, never to be let in with.</summary>
    /// <returns>Null when it is not one of ours.</returns>
    public async ValueTask<VerifiedAccessToken?> ReadIgnoringLifetimeAsync(string token, CancellationToken cancellationToken)
        => await ReadAsync(token, cancellationToken).ConfigureAwait(false) is TokenVerdict.Accepted accepted ? accepted.Token : null;

    private async ValueTask<TokenVerdict> VerifyAsync(string token, TokenDigest digest, CancellationToken cancellationToken)
    {
        if (!CompactToken.TrySplit(token, out var parts) || TokenHeader.Read(parts) is not { } header)
        {
            return Verdicts.Refuse(RefusalReason.Malformed);
        }

        if (!header.IsAccessToken)
        {
            return Verdicts.Refuse(RefusalReason.WrongType);
        }

        if (await keys.FindAsync(header.KeyId, cancellationToken).ConfigureAwait(false) is not { } set)
        {
            return Verdicts.StoreUnavailable;
        }

        if (set.Find(header.KeyId) is not { } key)
        {
            return Verdicts.Refuse(RefusalReason.UnknownKey);
        }

        // One key, one algorithm (RFC 8725 §3.1): what the header asks for is compared, never obeyed.
        if (header.Algorithm != key.Algorithm || !key.Verifies(parts))
        {
            return Verdicts.Refuse(RefusalReason.BadSignature);
        }

        var verdict = TokenPayload.Read(parts, set, key, rules.Audience);
        if (verdict is TokenVerdict.Accepted accepted)
        {
            cache.Add(digest, set, accepted.Token);
        }

        return verdict;
    }
}
