using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace TokenIssuer.AspNetCore.Requests;

/// <summary>Reads whole bodies, as long as they are small. Every endpoint reads its body here.</summary>
internal static class RequestBody
{
    /// <returns>Null when there is too much.</returns>
    public static async ValueTask<byte[]?> ReadAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        while (true)
        {
            var read = await body.ReadAsync(context.RequestAborted).ConfigureAwait(false);
            if (read.Buffer.Length > InputLimits.Body)
            {
                body.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                body.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
