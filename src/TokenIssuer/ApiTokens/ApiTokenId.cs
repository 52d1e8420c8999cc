using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using TokenIssuer.Families;

namespace TokenIssuer.ApiTokens;

/// <summary>Names an API token in lists, logs and revocations: user key and 16 random bytes, as 43 base64url characters. It is no credential.</summary>
public readonly record struct ApiTokenId
{
    internal const int Size = 2 * Identifier128.Size;
    private const int TextLength = 43;

    internal ApiTokenId(UserKey user, UInt128 value)
    {
        User = user;
        Value = value;
    }

    internal UserKey User { get; }

    internal UInt128 Value { get; }

    /// <summary>Reads an id.</summary>
    /// <param name="text">43 base64url characters in their one canonical spelling.</param>
    /// <param name="id">The id, or the default when the text is none.</param>
    /// <returns>Whether the text is an id; nothing is said about whether such a token exists.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out ApiTokenId id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is not { Length: TextLength } || !CanonicalBase64Url.TryDecode(text, bytes, out var written) || written != Size)
        {
            return false;
        }

        id = Read(bytes);
        return true;
    }

    internal static ApiTokenId New(UserKey user) => new(user, Identifier128.Read(RandomNumberGenerator.GetBytes(Identifier128.Size)));

    internal static ApiTokenId Read(ReadOnlySpan<byte> bytes)
        => new(new UserKey(Identifier128.Read(bytes[..Identifier128.Size])), Identifier128.Read(bytes[Identifier128.Size..]));

    internal void Write(Span<byte> bytes)
    {
        Identifier128.Write(User.Value, bytes);
        Identifier128.Write(Value, bytes[Identifier128.Size..]);
    }

    /// <summary>The 43 characters.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Write(bytes);
        return Base64Url.EncodeToString(bytes);
    }
}
