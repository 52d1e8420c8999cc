using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenIssuer.Tests.Hosting;

/// <summary>Bytes as they are: an <see cref="HttpClient"/> would put addresses and framing in order before it sends them.</summary>
internal static class RawRequest
{
    /// <summary>Sends and reads until the answer's end or the server's. Answers are JSON or have no body.</summary>
    public static async Task<string> SendAsync(Uri? server, string request)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, server?.Port ?? 0, TestContext.Current.CancellationToken);
        await using var stream = tcp.GetStream();
        var sending = stream.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken).AsTask();
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (!answer.ToString().Contains('}', StringComparison.Ordinal) && !IsBodyless(answer))
        {
            var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (read == 0)
            {
                break;
            }

            answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        await sending.ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);

        // What frames the end of a chunked body may have come along or not.
        var text = answer.ToString();
        return text.LastIndexOf('}') is >= 0 and var end ? text[..(end + 1)] : text;
    }

    private static bool IsBodyless(StringBuilder answer)
        => answer.ToString() is var text && text.Contains("\r\n\r\n", StringComparison.Ordinal) && text.Contains("Content-Length: 0", StringComparison.Ordinal);
}
