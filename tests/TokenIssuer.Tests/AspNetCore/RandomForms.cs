using System.Text;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>Forms between noise and almost right.</summary>
internal static class RandomForms
{
    private static readonly string[] s_names =
        ["grant_type", "client_id", "client_secret", "scope", "refresh_token", "token", "token_type_hint", "x", "", "%", "%zz", "a+b"];

    private static readonly string[] s_values =
    [
        "", "refresh_token", "client_credentials", "password", "spa", "worker", "worker-secret", "jobs%3Arun", "%00", "%ff%fe", "%", "+", "é",
        "tip_abc", "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30.", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ];

    public static byte[] Next(Random random)
    {
        var form = Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, random.Next(7)).Select(_ => $"{Pick(s_names, random)}={Pick(s_values, random)}")));
        for (var flips = random.Next(3); flips > 0 && form.Length > 0; flips--)
        {
            form[random.Next(form.Length)] = (byte)random.Next(256);
        }

        return form;
    }

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];
}
