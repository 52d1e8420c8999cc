using System.Globalization;
using Microsoft.AspNetCore.Http;
using TokenIssuer.AspNetCore.Edge;

namespace TokenIssuer.AspNetCore;

/// <summary>Writes an entry of the error catalogue in the form of its endpoint.</summary>
internal static class Refusals
{
    private const string ProblemJson = "application/problem+json";
    private const string Json = "application/json";
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(1);

    public static Task RefuseAsync(this HttpContext context, Problem problem) => context.RefuseAsync(problem, []);

    /// <param name="context">The request.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="reasons">Sentences for the user, of a problem that has several.</param>
    public static Task RefuseAsync(this HttpContext context, Problem problem, IReadOnlyList<string> reasons)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = s_retryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Status == StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // The rest of the body stays unread, so the server closes: a client that is not told sends its next request into nowhere.
            response.Headers.Connection = "close";
        }

        return IssuerPaths.SurfaceOf(context) == IssuerSurface.OAuth
            ? response.WriteJsonAsync(new OAuthErrorBody(problem.Code, problem.Text), IssuerJson.Default.OAuthErrorBody, Json)
            : response.WriteJsonAsync(
                new ProblemBody(problem.Type, problem.Text, problem.Status, problem.Code, reasons.Count == 0 ? null : reasons),
                IssuerJson.Default.ProblemBody,
                ProblemJson);
    }
}

/// <summary>RFC 6749 §5.2.</summary>
internal sealed record OAuthErrorBody(string Error, string ErrorDescription);

/// <summary>RFC 9457 §3, with the members <c>code</c> and <c>reasons</c> of our own.</summary>
internal sealed record ProblemBody(string Type, string Title, int Status, string Code, IReadOnlyList<string>? Reasons);
