namespace TokenIssuer.Tests.Hosting;

/// <summary>Ways to write an address that a server might take for the same one.</summary>
internal static class Spellings
{
    private static readonly Func<string, string>[] s_ways =
    [
        path => path + "/",
        path => path.ToUpperInvariant(),
        path => path.ToUpperInvariant() + "/",
        path => path + "?x=1",
        path => path + "/?x=1",
        path => path[..^1] + Uri.HexEscape(path[^1]),
        path => "/" + Uri.HexEscape(path[1]) + path[2..],
        path => path.Insert(path.LastIndexOf('/'), "/."),
        path => path.Insert(path.LastIndexOf('/'), "/x/.."),
        path => path + "/.",
        path => "/" + path,
        path => path.Insert(path.LastIndexOf('/'), "/"),
        path => path + "//",
        path => path.Insert(path.LastIndexOf('/'), "%2F").Remove(path.LastIndexOf('/') + 3, 1),
        path => path + "%2F",
        path => path + "%20",
        path => path + ";x=1",
        path => path.Replace('/', '\\'),
        path => "/health/.." + path,
        path => "/health/%2E%2E" + path,
    ];

    public static IEnumerable<string> Of(string path) => s_ways.Select(way => way(path));
}
