using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.AspNetCore.Clients;

/// <summary>Which client sent a request.</summary>
internal abstract record ClientVerdict
{
    private const string Challenge = "Basic realm=\"TokenIssuer\", charset=\"UTF-8\"";

    private ClientVerdict()
    {
    }

    /// <summary>A client that proved itself, or a public one that can't.</summary>
    public sealed record Known(OAuthClient Client) : ClientVerdict;

    /// <summary>The request names no client.</summary>
    public sealed record Absent : ClientVerdict;

    /// <summary>No such client, or not its secret: nobody is told which.</summary>
    public sealed record Refused : ClientVerdict;

    /// <summary>Two ways to authenticate at once (RFC 6749 §2.3), or two client ids.</summary>
    public sealed record Ambiguous : ClientVerdict;

    /// <summary>401 with a challenge (RFC 6749 §5.2), whatever was wrong; 400 when too much was sent.</summary>
    public Task RefuseAsync(HttpContext context)
    {
        if (this is Ambiguous)
        {
            return context.RefuseAsync(Problems.AmbiguousClient);
        }

        context.Response.Headers.Append(HeaderNames.WWWAuthenticate, Challenge);
        return context.RefuseAsync(Problems.InvalidClient);
    }
}
