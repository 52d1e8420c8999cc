using System.Buffers.Text;
using System.Security.Cryptography;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class SessionIdTests
{
    [Fact]
    public void Its_text_is_43_characters_and_reads_back()
    {
        for (var round = 0; round < 1000; round++)
        {
            var session = new SessionId(new UserKey(Draw()), FamilyId.New());

            var text = session.ToString();

            Assert.Matches("^[A-Za-z0-9_-]{43}$", text);
            Assert.True(SessionId.TryParse(text, out var read));
            Assert.Equal(session, read);
        }
    }

    [Fact]
    public void Its_text_is_the_user_key_and_the_family_id()
    {
        var session = new SessionId(new UserKey(UInt128.MaxValue - 1), new FamilyId(2));

        var bytes = Base64Url.DecodeFromChars(session.ToString());

        Assert.Equal([.. Identifier128.ToBytes(session.User.Value), .. Identifier128.ToBytes(session.Family.Value)], bytes);
    }

    [Fact]
    public void No_other_spelling_is_read()
    {
        var text = Sample.Session.ToString();
        Assert.True(SessionId.TryParse(text, out _));

        string?[] others =
        [
            null, "", text + "=", text[..^1], text + "A", " " + text, text + " ", text + "\n", text + "\0",
            text[..^1] + "+", text[..^1] + "/", text[..^1] + "%", text[..20] + " " + text[21..], OtherSpellingOf(text),
        ];
        Assert.All(others, other => Assert.False(SessionId.TryParse(other, out _), other));
    }

    /// <summary>43 characters carry 258 bits for 256: a lenient reader takes four spellings of the last one.</summary>
    private static string OtherSpellingOf(string text)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return text[..^1] + Alphabet[Alphabet.IndexOf(text[^1], StringComparison.Ordinal) | 1];
    }

    private static UInt128 Draw() => Identifier128.Read(RandomNumberGenerator.GetBytes(Identifier128.Size));
}
