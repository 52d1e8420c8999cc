using System.Security.Cryptography;
using System.Text;

namespace TokenIssuer.Families;

/// <summary>
/// Where a user's record lies in the store: the first 16 bytes of SHA-256 over a label, the issuer and <c>sub</c>.
/// It stands inside every refresh token and every session id, so that a token finds its record without an index.
/// </summary>
internal readonly record struct UserKey(UInt128 Value)
{
    private static ReadOnlySpan<byte> Label => "TokenIssuer user key v1\0"u8;

    public static UserKey Of(string issuer, Subject subject)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Label);
        hash.AppendData(Encoding.UTF8.GetBytes(issuer));
        hash.AppendData([0]);
        hash.AppendData(Encoding.UTF8.GetBytes(subject.Value));
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new UserKey(Identifier128.Read(digest[..Identifier128.Size]));
    }

    public static UserKey Parse(string text) => TryParse(text) ?? throw new FormatException("A user key is 22 base64url characters.");

    /// <returns>Null for anything but 22 base64url characters.</returns>
    public static UserKey? TryParse(string text)
    {
        Span<byte> bytes = stackalloc byte[Identifier128.Size];
        return CanonicalBase64Url.TryDecode(text, bytes, out var written) && written == Identifier128.Size
            ? new UserKey(Identifier128.Read(bytes))
            : null;
    }

    public override string ToString() => Identifier128.ToBase64Url(Value);
}
