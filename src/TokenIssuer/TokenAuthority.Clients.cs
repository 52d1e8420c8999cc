using TokenIssuer.AccessTokens;
using TokenIssuer.Families;

namespace TokenIssuer;

/// <content>What OAuth clients do in their own name.</content>
public sealed partial class TokenAuthority
{
    /// <summary>Mints an access token with which a client acts for itself (RFC 6749 §4.4).</summary>
    /// <param name="clientId">The client, which has proved itself.</param>
    /// <param name="scope">The scope; the caller has checked that the client may have it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="TokenStoreUnavailableException">The store did not answer.</exception>
    public async Task<ServiceTokenAnswer> IssueServiceTokenAsync(string clientId, Scope scope, CancellationToken cancellationToken)
    {
        // A client is a subject like a user: whatever raises its generation kills what it holds. The session is the token's own.
        var subject = Subject.OfClient(clientId);
        var key = KeyOf(subject);
        var standing = await ReadStandingAsync(key, cancellationToken).ConfigureAwait(false);
        var minted = _minter.Mint(new AccessTokenGrant(
            new SessionId(key, FamilyId.New()), subject, clientId, scope, standing.Floors.Generation,
            Roles: [], Amr: string.Empty, standing.Now, standing.Now, standing.Now + _options.AccessTokenLifetime));
        return new ServiceTokenAnswer(minted.Token, minted.Lifetime, scope);
    }
}
