namespace TokenIssuer.AspNetCore;

/// <summary>
/// Marks <c>POST /auth/login</c> among the endpoints of a host. A rate limiter finds the login by it, however the address is
/// spelled: routing ignores case and a slash at the end, and a comparison of paths does not.
/// </summary>
public sealed class LoginEndpointMetadata
{
    internal LoginEndpointMetadata()
    {
    }
}
