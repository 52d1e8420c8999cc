using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace TokenIssuer.Server.Pages;

/// <summary>One file of a page, whole in memory: each page has four, together under 100 kB.</summary>
internal sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag)
{
    public static PageFile Of(string name, byte[] content)
    {
        var type = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        return new(content, type, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\""));
    }
}
