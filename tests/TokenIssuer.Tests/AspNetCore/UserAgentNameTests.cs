using System.Text;
using TokenIssuer.AspNetCore.Requests;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class UserAgentNameTests
{
    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome 141 · Windows")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge 141 · Windows")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0", "Opera 124 · Linux")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", "Safari 18 · macOS")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.41 Mobile/15E148 Safari/604.1", "Chrome 141 · iOS")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1", "Safari 17 · iPadOS")]
    [InlineData("Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "Firefox 143 · Android")]
    [InlineData("Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet 28 · Android")]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome 141 · ChromeOS")]
    [InlineData("curl/8.5.0", "curl 8")]
    [InlineData("okhttp", "okhttp")]
    [InlineData("NotesApp/12.3 (Android 15)", "NotesApp 12 · Android")]
    [InlineData("<script>alert(1)</script>", null)]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData(null, null)]
    public void An_agent_is_named_by_browser_and_system(string? header, string? name) => Assert.Equal(name, UserAgentName.Of(header));

    [Fact]
    public void A_name_never_takes_more_than_64_bytes()
    {
        var random = new Random(7);
        string[] parts = ["Chrome/", "99999999999", "Windows", "SamsungBrowser/", "Version/123456", "é中", new string('a', 200), "/1", " ", "iPhone", ";"];

        for (var i = 0; i < 5000; i++)
        {
            var header = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)]));
            Assert.True(Encoding.UTF8.GetByteCount(UserAgentName.Of(header) ?? string.Empty) <= 64, header);
        }
    }
}
