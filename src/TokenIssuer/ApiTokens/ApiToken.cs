using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using TokenIssuer.Families;

namespace TokenIssuer.ApiTokens;

/// <summary>
/// An API token as its owner holds it: <c>tip_</c> and 92 base64url characters (id, 32 random bytes, checksum). Prints as a
/// mask; <see cref="Reveal"/> is for the one answer that shows it.
/// </summary>
/// <remarks>The prefix lets secret scanners find a leaked one, the checksum lets an API refuse an invented one without asking.</remarks>
[DebuggerDisplay("API token")]
public readonly struct ApiToken
{
    /// <summary>What every API token starts with.</summary>
    public const string Prefix = "tip_";

    private const int SecretSize = 32;
    private const int ChecksumSize = 5;
    private const int Size = ApiTokenId.Size + SecretSize + ChecksumSize;

    private readonly string? _text;

    private ApiToken(string text, ApiTokenId id, UInt128 secretHash)
    {
        _text = text;
        Id = id;
        SecretHash = secretHash;
    }

    /// <summary>Its id.</summary>
    public ApiTokenId Id { get; }

    /// <summary>What the store keeps of the secret.</summary>
    internal UInt128 SecretHash { get; }

    /// <summary>Whether a text claims to be an API token rather than an access token.</summary>
    internal static bool IsMeantBy(string text) => text.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Reads a token. A right checksum says nothing of whether the token exists.</summary>
    /// <param name="text">What a client presented.</param>
    /// <param name="token">The token, or the default when the text is none.</param>
    /// <returns>Whether the text has the form of an API token.</returns>
    public static bool TryParse(string text, out ApiToken token)
    {
        ArgumentNullException.ThrowIfNull(text);
        token = default;
        Span<byte> bytes = stackalloc byte[Size];
        Span<byte> checksum = stackalloc byte[ChecksumSize];
        if (!IsMeantBy(text)
            || !CanonicalBase64Url.TryDecode(text.AsSpan(Prefix.Length), bytes, out var written) || written != Size)
        {
            return false;
        }

        Sum(bytes[..^ChecksumSize], checksum);
        if (!checksum.SequenceEqual(bytes[^ChecksumSize..]))
        {
            return false;
        }

        token = new ApiToken(text, ApiTokenId.Read(bytes), Hash(bytes.Slice(ApiTokenId.Size, SecretSize)));
        return true;
    }

    /// <summary>The secret itself.</summary>
    public string Reveal() => _text ?? string.Empty;

    /// <summary>A fixed mask, never the secret.</summary>
    public override string ToString() => "(API token)";

    internal static ApiToken New(UserKey user)
    {
        var id = ApiTokenId.New(user);
        Span<byte> bytes = stackalloc byte[Size];
        id.Write(bytes);
        RandomNumberGenerator.Fill(bytes.Slice(ApiTokenId.Size, SecretSize));
        Sum(bytes[..^ChecksumSize], bytes[^ChecksumSize..]);
        return new ApiToken(Prefix + Base64Url.EncodeToString(bytes), id, Hash(bytes.Slice(ApiTokenId.Size, SecretSize)));
    }

    private static UInt128 Hash(ReadOnlySpan<byte> secret)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, digest);
        return Identifier128.Read(digest[..Identifier128.Size]);
    }

    private static void Sum(ReadOnlySpan<byte> content, Span<byte> checksum)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        digest[..ChecksumSize].CopyTo(checksum);
    }
}
