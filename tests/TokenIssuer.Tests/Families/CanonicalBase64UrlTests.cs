using System.Buffers.Text;
using System.Security.Cryptography;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class CanonicalBase64UrlTests
{
    [Fact]
    public void Whatever_is_encoded_decodes()
    {
        for (var length = 0; length <= 64; length++)
        {
            var bytes = RandomNumberGenerator.GetBytes(length);

            Assert.Equal(bytes, Decode(Base64Url.EncodeToString(bytes)));
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 256)]
    [InlineData(3, 65_536)]
    public void Of_all_texts_of_a_length_only_those_that_encode_something_are_read(int length, int expected)
    {
        var all = TextsOf(length).Where(text => Decode(text) is not null).ToList();

        Assert.Equal(expected, all.Count);
        Assert.All(all, text => Assert.Equal(text, Base64Url.EncodeToString(Decode(text))));
    }

    [Theory]
    [InlineData("QQ==")]
    [InlineData("QQ=")]
    [InlineData("Q Q")]
    [InlineData("QQ\n")]
    [InlineData("QR")]
    [InlineData("Q")]
    [InlineData("QQQQQ")]
    [InlineData("Q+QQ")]
    [InlineData("Q/QQ")]
    [InlineData("QQQ\0")]
    [InlineData("QQQé")]
    public void Every_other_spelling_is_refused(string text)
    {
        Assert.Null(Decode(text));
        Assert.Equal([0x41], Decode("QQ"));
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused()
        => Assert.False(CanonicalBase64Url.TryDecode("QUFB", new byte[2], out _));

    private static IEnumerable<string> TextsOf(int length)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return length == 0 ? [""] : TextsOf(length - 1).SelectMany(text => Alphabet.Select(next => text + next));
    }

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[128];
        return CanonicalBase64Url.TryDecode(text, bytes, out var written) ? bytes[..written] : null;
    }
}
