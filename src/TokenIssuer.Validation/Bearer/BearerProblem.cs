using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.Validation.Bearer;

/// <summary>One such answer: problem details (RFC 9457) with a stable code, and the challenge of RFC 6750 §3.</summary>
internal sealed record BearerProblem(int Status, string Code, string Title)
{
    public string? Error { get; init; }

    public string? ErrorDescription { get; init; }

    public string? Scope { get; init; }

    public int? RetryAfter { get; init; }

    public Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            response.Headers.Append(HeaderNames.WWWAuthenticate, Challenge());
        }

        return response.WriteAsJsonAsync(
            new BearerProblemDocument("urn:tokenissuer:problem:" + Code, Title, Status, Code),
            BearerProblemJson.Default.BearerProblemDocument,
            "application/problem+json",
            context.RequestAborted);
    }

    private string Challenge()
    {
        var text = new StringBuilder("Bearer");
        var separator = ' ';
        Append("error", Error);
        Append("error_description", ErrorDescription);
        Append("scope", Scope);
        return text.ToString();

        void Append(string name, string? value)
        {
            if (value is not null)
            {
                text.Append(separator == ' ' ? " " : ", ").Append(name).Append("=\"").Append(value).Append('"');
                separator = ',';
            }
        }
    }
}

/// <summary>The body.</summary>
internal sealed record BearerProblemDocument(string Type, string Title, int Status, string Code);

/// <summary>Serialization of the body, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BearerProblemDocument))]
internal sealed partial class BearerProblemJson : JsonSerializerContext;
