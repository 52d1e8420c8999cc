using System.Net;
using System.Net.Sockets;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd;

/// <summary>Somebody makes up API tokens, as fast as they can be sent, while others present real ones that the API has not seen yet.</summary>
public sealed class InventedTokenFloodTests
{
    private const int Senders = 8;
    private const int Unseen = 20;

    /// <summary>Another network than the one that everything else here comes from.</summary>
    private static readonly IPEndPoint s_elsewhere = new(IPAddress.Parse("127.0.7.1"), 0);

    [Fact]
    public async Task Unseen_tokens_are_answered_while_invented_ones_flood_in_from_elsewhere()
    {
        using var site = new IssuerSite();
        await using var issuer = await IssuerProcess.StartAsync(site);
        await using var api = await NotesApiProcess.StartAsync(issuer);
        var login = await issuer.Client.LogInAsync("alice", "correct-horse-1");
        var tokens = new List<string>();
        for (var i = 0; i < Unseen; i++)
        {
            tokens.Add((await issuer.Client.CreateApiTokenAsync(login)).Token);
        }

        using var enough = new CancellationTokenSource();
        var isFlooded = new TaskCompletionSource();
        var flood = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => FloodAsync(api.Address, isFlooded, enough.Token)));
        await isFlooded.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var answers = new List<HttpStatusCode>();
        foreach (var token in tokens)
        {
            answers.Add(await api.GetNotesAsync(token));
        }

        await enough.CancelAsync();
        var sent = await flood;
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.All(sent, count => Assert.True(count > 0));
    }

    /// <returns>How many tokens were sent.</returns>
    private static async Task<int> FloodAsync(Uri api, TaskCompletionSource isFlooded, CancellationToken enough)
    {
        using var stranger = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectFromElsewhereAsync });
        var sent = 0;
        for (; !enough.IsCancellationRequested; sent++)
        {
            var invented = ApiToken.New(UserKey.Of("https://issuer.example", new Subject($"{Guid.NewGuid()}")));
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(api, "/api/notes"));
            request.Headers.Authorization = new("Bearer", invented.Reveal());
            using var response = await stranger.SendAsync(request, CancellationToken.None);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                // The API asks about no more of them.
                isFlooded.TrySetResult();
            }
        }

        return sent;
    }

    private static async ValueTask<Stream> ConnectFromElsewhereAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(s_elsewhere);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
