namespace TokenIssuer.Validation.Bearer;

/// <summary>How sure an endpoint wants to be that a token was not revoked.</summary>
internal enum RevocationDemand
{
    /// <summary>As sure as the replica is: no network, bounded staleness.</summary>
    Replica = 0,

    /// <summary>The log itself is read to its end first.</summary>
    Strict = 1,
}
