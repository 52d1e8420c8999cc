using System.Collections.Frozen;
using System.Text;

namespace TokenIssuer.Server.AdminPages;

/// <summary>
/// The admin console under <c>/admin/</c>: files that the build embedded. They hold no secret and need no sign-in; everything
/// that matters is asked from the API, with a token.
/// </summary>
internal static class ConsolePages
{
    private const string Prefix = "console/";
    private const string Start = "index.html";
    private const string Name = "name";

    // Nothing inline, nothing from elsewhere, no frame around it, and no text that becomes markup (Trusted Types).
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    private static readonly ConsoleFile s_notBuilt = ConsoleFile.Of(Start, Encoding.UTF8.GetBytes(
        """
        <!doctype html>
        <html lang="en">
        <title>TokenIssuer console</title>
        <h1>The admin console is not part of this build</h1>
        <p>Install Node.js 20.19 or later and build the issuer again: the build then makes the console and embeds it.
        The rest of the issuer, the administration API included, works without.</p>
        </html>

        """));

    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var files = Load();
        var isBuilt = files.TryGetValue(Start, out var start);
        routes.MapMethods("/admin/", s_methods, context => isBuilt switch
        {
            // The page's addresses are relative to the folder.
            true when context.Request.Path.Value?.EndsWith('/') != true => MoveAsync(context),
            true => SendAsync(context, start, StatusCodes.Status200OK),
            false => SendAsync(context, s_notBuilt, StatusCodes.Status404NotFound),
        }).AllowAnonymous();
        routes.MapMethods($"/admin/assets/{{{Name}}}", s_methods, context =>
            SendAsync(context, files.GetValueOrDefault($"assets/{context.GetRouteValue(Name)}"), StatusCodes.Status200OK)).AllowAnonymous();
    }

    private static FrozenDictionary<string, ConsoleFile> Load()
    {
        var assembly = typeof(ConsolePages).Assembly;
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name =>
            {
                using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded.");
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                return ConsoleFile.Of(name, content);
            }, StringComparer.Ordinal);
    }

    private static Task MoveAsync(HttpContext context)
    {
        context.Response.Redirect($"{context.Request.PathBase}/admin/");
        return Task.CompletedTask;
    }

    private static Task SendAsync(HttpContext context, ConsoleFile? file, int status)
    {
        var response = context.Response;
        if (file is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.ETag = file.Tag.ToString();
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
