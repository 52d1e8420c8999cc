using System.Net;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.OpenConnections;

/// <summary>The stream of the sample API, held open with a token.</summary>
internal sealed class TickStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private TickStream(HttpResponseMessage answer, StreamReader lines) => (_answer, _lines) = (answer, lines);

    public static async Task<TickStream> OpenAsync(NotesApiProcess api, IssuedTokens tokens)
    {
        var answer = await api.GetAsync("/api/stream", tokens.AccessToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return new TickStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>Waits for the next one.</summary>
    /// <returns>False when the stream has ended or was cut.</returns>
    public async Task<bool> ReadTickAsync()
    {
        try
        {
            while (await _lines.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line == "event: tick")
                {
                    return true;
                }
            }
        }
        catch (IOException)
        {
            // Cut off rather than ended: over all the same.
        }

        return false;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
