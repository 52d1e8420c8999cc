using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore.Edge;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.AspNetCore.Delivery;

/// <summary>
/// The one cookie of the issuer. It is read from the raw header, because the framework's collection ignores case and keeps
/// only one of two cookies of a name: both would let a sibling subdomain plant a cookie in place of the real one.
/// </summary>
internal sealed class RefreshCookie(IOptions<TokenIssuerEndpointOptions> options, IOptions<TokenIssuerOptions> issuer)
{
    private const string SecureName = "__Secure-refresh";
    private const string HostName = "__Host-refresh";

    // `Secure` over plain http as well: browsers treat http://localhost as secure, and nothing else may have the cookie.
    private const string Flags = "HttpOnly; Secure; SameSite=Strict";

    private readonly RefreshCookieOptions _options = options.Value.Cookie;

    // Never as the request spells it: a browser would keep a cookie for each spelling.
    private readonly string _path = options.Value.Cookie.HostPrefix ? "/" : new Uri(issuer.Value.Issuer).AbsolutePath.TrimEnd('/') + IssuerPaths.Auth;

    public string Name => _options.HostPrefix ? HostName : SecureName;

    public PresentedCookie Read(HttpRequest request)
    {
        string? found = null;
        foreach (var header in request.Headers.Cookie)
        {
            foreach (var range in header.AsSpan().Split(';'))
            {
                var pair = header.AsSpan(range).Trim();
                if (pair.Length <= Name.Length || pair[Name.Length] != '=' || !pair.StartsWith(Name, StringComparison.Ordinal))
                {
                    continue;
                }

                if (found is not null)
                {
                    return new PresentedCookie.Several();
                }

                found = pair[(Name.Length + 1)..].ToString();
            }
        }

        return found is null ? new PresentedCookie.None() : new PresentedCookie.One(new RefreshToken(found));
    }

    public void Set(HttpContext context, TokenAnswer answer)
    {
        TimeSpan? age = _options.MaxAge is not { } max ? null : max < answer.SessionExpiresIn ? max : answer.SessionExpiresIn;
        Append(context, answer.RefreshToken.Reveal(), age);
    }

    /// <summary>Same name, path and flags as it was set with, or browsers would keep it.</summary>
    public void Clear(HttpContext context) => Append(context, string.Empty, TimeSpan.Zero);

    private void Append(HttpContext context, string value, TimeSpan? age)
    {
        var maxAge = age is { } kept ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={(long)kept.TotalSeconds}") : string.Empty;
        context.Response.Headers.Append("Set-Cookie", $"{Name}={value}; Path={_path}; {Flags}{maxAge}");
    }
}

/// <summary>The refresh cookies of a request.</summary>
internal abstract record PresentedCookie
{
    private PresentedCookie()
    {
    }

    /// <summary>No refresh cookie.</summary>
    public sealed record None : PresentedCookie;

    /// <summary>One, of whatever content.</summary>
    public sealed record One(RefreshToken Token) : PresentedCookie;

    /// <summary>More than one: which of them the browser's user owns can't be known.</summary>
    public sealed record Several : PresentedCookie;
}
