using System.Collections.Frozen;
using System.Text;

namespace TokenIssuer.Server.Pages;

/// <summary>
/// A page under <c>/{folder}/</c>: files that the build embedded. They hold no secret and need no sign-in; everything that
/// matters is asked from the API, with a token.
/// </summary>
internal static class PageFolder
{
    private const string Start = "index.html";

    // Nothing inline, nothing from elsewhere, no frame around it, and no text that becomes markup (Trusted Types).
    private const string PolicyStart = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'";
    private const string PolicyEnd = "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    private static readonly PageFile s_notBuilt = PageFile.Of(Start, Encoding.UTF8.GetBytes(
        """
        <!doctype html>
        <html lang="en">
        <title>TokenIssuer</title>
        <h1>This page is not part of this build</h1>
        <p>Install Node.js 20.19 or later and build the issuer again: the build then makes its pages and embeds them.
        The rest of the issuer, the administration API included, works without.</p>
        </html>

        """));

    /// <summary>Serves the page, each file at an address of its own: any other address is one that nobody has. Besides the issuer, its scripts may call the origins of <paramref name="connects"/>.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes, string folder, params IEnumerable<string> connects)
    {
        var policy = string.Join(' ', [PolicyStart, .. connects]) + PolicyEnd;
        var files = Load($"pages/{folder}/");
        routes.MapMethods($"/{folder}/", s_methods, context => files.GetValueOrDefault(Start) switch
        {
            null => SendAsync(context, s_notBuilt, StatusCodes.Status404NotFound, policy),

            // The page's addresses are relative to the folder.
            _ when context.Request.Path.Value?.EndsWith('/') != true => MoveAsync(context, folder, policy),
            var start => SendAsync(context, start, StatusCodes.Status200OK, policy),
        }).AllowAnonymous();
        foreach (var (name, file) in files.Where(file => file.Key != Start))
        {
            routes.MapMethods($"/{folder}/{name}", s_methods, context => SendAsync(context, file, StatusCodes.Status200OK, policy)).AllowAnonymous();
        }
    }

    /// <summary>The headers of every answer under the folder, whatever it says.</summary>
    public static void Guard(HttpResponse response, string policy)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static FrozenDictionary<string, PageFile> Load(string prefix)
    {
        var assembly = typeof(PageFolder).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return PageFile.Of(name, content);
            }, StringComparer.Ordinal);
    }

    private static Task MoveAsync(HttpContext context, string folder, string policy)
    {
        Guard(context.Response, policy);
        context.Response.Redirect($"{context.Request.PathBase}/{folder}/");
        return Task.CompletedTask;
    }

    private static Task SendAsync(HttpContext context, PageFile file, int status, string policy)
    {
        var response = context.Response;
        Guard(response, policy);
        response.Headers.ETag = file.Tag.ToString();
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(file.Tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = status;
        response.ContentType = file.ContentType;
        response.ContentLength = file.Content.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(file.Content, context.RequestAborted).AsTask();
    }
}
