namespace TokenIssuer.AspNetCore.Edge;

/// <summary>The faces of the wire contract, which differ in the form of their errors and in who may see an answer.</summary>
internal enum IssuerSurface
{
    /// <summary>Answers for one caller; errors are problem details.</summary>
    Private = 0,

    /// <summary>Answers for one caller; errors are objects of RFC 6749 §5.2.</summary>
    OAuth = 1,

    /// <summary>Documents without secrets, the same for everybody.</summary>
    Public = 2,
}

/// <summary>Marks an endpoint of the contract: one endpoint has many spellings of its address, and what holds for it holds for all of them.</summary>
internal sealed record IssuerEndpoint(IssuerSurface Surface);
