using System.Net.Http.Json;
using System.Text.Json;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>Reads notes with one of many tokens, another each time.</summary>
internal sealed class NotesReader(IReadOnlyList<byte[]> requests, int first) : IClientScript
{
    private int _next = first;

    public ReadOnlyMemory<byte> Next() => requests[_next++ % requests.Count];

    public void Heard(LaneAnswer answer)
    {
        if (answer.Status != 200)
        {
            throw new IOException($"The API answered {answer.Status}.");
        }
    }
}

/// <summary>Refreshes one session over and over, each time with the token it was last given.</summary>
internal sealed class Refresher(string path, string member, string token) : IClientScript
{
    private string _token = token;

    public static async Task<Refresher> LogInAsync(int port, int number)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using var answer = await http.PostAsJsonAsync("/auth/login", new { username = $"user-{number}", password = "any password", delivery = "body" });
        return new Refresher("/auth/refresh", "refresh_token", await ReadAsync(answer, "refresh_token"));
    }

    public static async Task<Refresher> LogInToIdentityAsync(int port, int number)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var account = new { email = $"user{number}@example.com", password = "Correct-horse-1" };
        using var registered = await http.PostAsJsonAsync("/register", account);
        using var answer = await http.PostAsJsonAsync("/login", account);
        return new Refresher("/refresh", "refreshToken", await ReadAsync(answer, "refreshToken"));
    }

    /// <summary>The ceiling decides nothing: any text will do.</summary>
    public static Refresher Anything() => new("/auth/refresh", "refresh_token", new string('x', 103));

    public ReadOnlyMemory<byte> Next() => HttpLane.Post(path, $$"""{"{{member}}":"{{_token}}"}""");

    public void Heard(LaneAnswer answer) => _token = answer.Member(member);

    private static async Task<string> ReadAsync(HttpResponseMessage answer, string member)
        => (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty(member).GetString() ?? throw new IOException($"No {member}.");
}
