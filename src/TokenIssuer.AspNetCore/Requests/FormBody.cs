using System.Net.Mime;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>The parameters of an OAuth request (RFC 6749 appendix B). One that stands twice is refused, an empty one is none (§3.1, §3.2).</summary>
internal sealed class FormBody(IReadOnlyDictionary<string, StringValues> parameters)
{
    private const int MaxParameters = 32;
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string? this[string name] => parameters.TryGetValue(name, out var value) && value is [{ Length: > 0 } text] ? text : null;

    public static async ValueTask<FormReading> ReadAsync(HttpContext context)
        => await RequestBody.ReadAsync(context).ConfigureAwait(false) switch
        {
            null => new FormReading(null, Problems.TooLarge),
            var body when context.Request.HasMediaType(MediaTypeNames.Application.FormUrlEncoded) => Parse(body),
            _ => new FormReading(null, Problems.UnsupportedMediaType),
        };

    /// <summary>A fixed mask, never a parameter.</summary>
    public override string ToString() => "(form)";

    private static FormReading Parse(byte[] body)
    {
        try
        {
            using var reader = new FormReader(s_strict.GetString(body)) { ValueCountLimit = MaxParameters };
            var parameters = reader.ReadForm();
            return parameters.Values.All(value => value.Count == 1)
                ? new FormReading(new FormBody(parameters), null)
                : new FormReading(null, Problems.RepeatedParameter);
        }
        catch (Exception failure) when (failure is InvalidDataException or DecoderFallbackException)
        {
            return new FormReading(null, Problems.BadRequest);
        }
    }
}

/// <summary>What was in a form: either parameters or why not.</summary>
internal readonly record struct FormReading(FormBody? Form, Problem? Refusal);
