using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>
/// One connection that asks and waits for the answer, over and over. It parses no more of HTTP than it must, because the driver
/// shares the processors with what it measures.
/// </summary>
internal sealed class HttpLane(int port) : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[32 * 1024];

    public Task ConnectAsync() => _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));

    public async ValueTask<LaneAnswer> AskAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        var read = 0;
        while (true)
        {
            var count = await _socket.ReceiveAsync(_buffer.AsMemory(read));
            if (count == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            read += count;
            if (BodyOf(_buffer.AsSpan(0, read)) is { } body)
            {
                return new LaneAnswer(StatusOf(_buffer), _buffer.AsMemory(body));
            }
        }
    }

    public static byte[] Get(string path, string? token)
        => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n");

    public static byte[] Post(string path, string json)
        => Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");

    public void Dispose() => _socket.Dispose();

    private static int StatusOf(ReadOnlySpan<byte> answer) => ((answer[9] - '0') * 100) + ((answer[10] - '0') * 10) + answer[11] - '0';

    /// <summary>Where the body lies, once all of it is there.</summary>
    private static Range? BodyOf(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var head = answer[..end];
        var start = end + 4;
        var at = head.IndexOf("Content-Length: "u8);
        if (at >= 0)
        {
            var digits = head[(at + 16)..];
            var stop = digits.IndexOf((byte)'\r');
            var length = int.Parse(stop < 0 ? digits : digits[..stop]);
            return answer.Length >= start + length ? start..(start + length) : null;
        }

        return answer.EndsWith("0\r\n\r\n"u8) ? start..answer.Length : null;
    }
}

/// <summary>An answer; its body is valid until the next question.</summary>
internal readonly record struct LaneAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    /// <summary>The text member of that name.</summary>
    public string Member(string name)
    {
        var text = Encoding.UTF8.GetString(Body.Span);
        var start = text.IndexOf($"\"{name}\":\"", StringComparison.Ordinal);
        if (start < 0)
        {
            throw new IOException($"{Status} without {name}: {text}");
        }

        start += name.Length + 4;
        return text[start..text.IndexOf('"', start)];
    }
}
