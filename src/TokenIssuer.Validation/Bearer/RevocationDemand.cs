using System.Net;
using Microsoft.AspNetCore.Http;

namespace TokenIssuer.Validation.Bearer;

/// <summary>How sure an endpoint wants to be that a token was not revoked.</summary>
/// <param name="Strict">Set: the log itself is read to its end first.</param>
/// <param name="Staleness">What to do with an old replica; null is the general policy.</param>
internal readonly record struct RevocationDemand(StrictRevocationAttribute? Strict, StalenessPolicy? Staleness)
{
    /// <summary>The demand of the issuer's own endpoints.</summary>
    public static RevocationDemand OfIssuer { get; } = new(new StrictRevocationAttribute(), null);

    /// <summary>Where the request came from; null when nobody knows. Looked up by those few who ask.</summary>
    public IPAddress? Client => Request?.Connection.RemoteIpAddress;

    private HttpContext? Request { get; init; }

    public static RevocationDemand Of(HttpContext request)
    {
        var metadata = request.GetEndpoint()?.Metadata;
        return new RevocationDemand(metadata?.GetMetadata<StrictRevocationAttribute>(), metadata?.GetMetadata<StalenessPolicy>()) { Request = request };
    }
}
