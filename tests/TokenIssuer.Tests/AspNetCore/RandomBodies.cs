using System.Text;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Bodies between noise and almost right.</summary>
internal static class RandomBodies
{
    private static readonly string[] s_names =
    [
        "username", "password", "otp", "scope", "device", "delivery", "refresh_token", "current_password", "new_password", "x", "",
    ];

    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1e400", "123456789012345678901234567890", "\"\"", "\"alice\"", "\"cookie\"", "\"body\"", "\"all\"",
        "\"notes:read\"", "[]", "{}", "[1,[2,[3]]]", "{\"a\":{\"b\":null}}", "\"\\u0000\"", "\"\\ud800\"", "\"\u00e9\u4e2d\"", "\"\\", "NaN", "'x'",
    ];

    public static byte[] Next(Random random)
    {
        var body = random.Next(4) == 0 ? Noise(random) : Encoding.UTF8.GetBytes(Json(random));
        for (var flips = random.Next(3); flips > 0 && body.Length > 0; flips--)
        {
            body[random.Next(body.Length)] = (byte)random.Next(256);
        }

        return body;
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(300)];
        random.NextBytes(noise);
        return noise;
    }

    private static string Json(Random random)
    {
        var members = Enumerable.Range(0, random.Next(6)).Select(_ => $"\"{Pick(s_names, random)}\":{Value(random)}");
        return $"{{{string.Join(',', members)}}}";
    }

    private static string Value(Random random) => random.Next(5) == 0
        ? $"\"{new string((char)random.Next('a', 'z'), random.Next(1500))}\""
        : Pick(s_values, random);

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
