using Microsoft.AspNetCore.Mvc;

namespace NotesApi;

/// <summary>Gives every problem (RFC 9457) a stable type and code.</summary>
internal static class Problems
{
    public static ProblemDetails InvalidNote => new()
    {
        Status = StatusCodes.Status422UnprocessableEntity,
        Title = "A note has 1 to 1000 characters.",
        Extensions = { ["code"] = "invalid_note" },
    };

    public static void Describe(ProblemDetailsOptions options) => options.CustomizeProblemDetails = context =>
    {
        var problem = context.ProblemDetails;
        problem.Extensions.TryAdd("code", problem.Status switch
        {
            400 => "invalid_request",
            404 => "not_found",
            405 => "method_not_allowed",
            413 => "too_large",
            415 => "unsupported_media_type",
            _ => "error",
        });
        problem.Type = $"urn:tokenissuer:problem:{problem.Extensions["code"]}";
    };
}
