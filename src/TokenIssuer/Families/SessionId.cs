using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace TokenIssuer.Families;

/// <summary>The <c>sid</c> of a token: user key and family id, 32 bytes, as 43 base64url characters.</summary>
/// <remarks>Names a session in lists, logs and revocations. It is no credential: presenting it proves nothing.</remarks>
public readonly record struct SessionId
{
    private const int Size = 2 * Identifier128.Size;
    private const int TextLength = 43;

    internal SessionId(UserKey user, FamilyId family)
    {
        User = user;
        Family = family;
    }

    internal UserKey User { get; }

    internal FamilyId Family { get; }

    /// <summary>Reads a session id.</summary>
    /// <param name="text">43 base64url characters in their one canonical spelling.</param>
    /// <param name="session">The session id, or the default when the text is none.</param>
    /// <returns>Whether the text is a session id; nothing is said about whether such a session exists.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId session)
    {
        session = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text is not { Length: TextLength } || !CanonicalBase64Url.TryDecode(text, bytes, out var written) || written != Size)
        {
            return false;
        }

        session = new SessionId(
            new UserKey(Identifier128.Read(bytes[..Identifier128.Size])),
            new FamilyId(Identifier128.Read(bytes[Identifier128.Size..])));
        return true;
    }

    /// <summary>The 43 characters of the <c>sid</c> claim.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Identifier128.Write(User.Value, bytes);
        Identifier128.Write(Family.Value, bytes[Identifier128.Size..]);
        return Base64Url.EncodeToString(bytes);
    }
}
