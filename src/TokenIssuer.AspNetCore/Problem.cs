namespace TokenIssuer.AspNetCore;

/// <summary>One entry of the error catalogue: what a client is told, and nothing else.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Stable: programs depend on it. <c>error</c> of RFC 6749 §5.2, <c>code</c> of problem details.</param>
/// <param name="Text">For people; may be reworded.</param>
internal sealed record Problem(int Status, string Code, string Text)
{
    /// <summary>The <c>type</c> of RFC 9457 §3.1.1; as stable as the code.</summary>
    public string Type => $"urn:tokenissuer:problem:{Code}";
}
