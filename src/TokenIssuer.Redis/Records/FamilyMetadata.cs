using System.Text;
using TokenIssuer.Families;

namespace TokenIssuer.Redis.Records;

/// <summary>
/// What a login granted and where from, in the field beside the family. Kept to 64 bytes for the same reason as the family:
/// when it would not fit, what is only displayed is shortened, agent first, then address, then device. The grant never is;
/// a long one costs memory, nothing else. <c>scope.lua</c> reads the head. The version tells the way the refresh tokens go: it
/// takes no byte, and what was written before that was remembered reads as a cookie, which can only withhold a token from a
/// script that had one.
/// </summary>
internal static class FamilyMetadata
{
    /// <summary>Delivered as a cookie, or by a program that did not remember how.</summary>
    public const byte Version = 1;

    /// <summary>As version 1, delivered in the body.</summary>
    public const byte BodyVersion = 2;

    public const int MaxLength = 64;
    private const int LongTextWidth = 2;

    public static byte[] Pack(FamilyGrant grant, SessionOrigin origin)
    {
        var head = new PackedWriter()
            .Byte(grant.Transport == TokenTransport.Body ? BodyVersion : Version)
            .Text(PackClient(grant.ClientId), 1)
            .Text(grant.Binding ?? string.Empty, 1)
            .Text(grant.Scope.ToString(), LongTextWidth)
            .Text(Abbreviation.Shorten(grant.Amr), 1)
            .ToArray();

        var device = Encoding.UTF8.GetBytes(origin.Device ?? string.Empty);
        var agent = Encoding.UTF8.GetBytes(Abbreviation.Shorten(origin.UserAgent ?? string.Empty));
        var address = PackedAddress.Pack(origin.Address);
        var surplus = head.Length + 1 + device.Length + 1 + agent.Length + address.Length - MaxLength;
        var shortAgent = Shorten(agent, ref surplus);
        var shortAddress = surplus > 0 ? [] : address;
        surplus -= address.Length - shortAddress.Length;
        var shortDevice = Shorten(device, ref surplus);
        return [.. head, (byte)shortDevice.Length, .. shortDevice, (byte)shortAgent.Length, .. shortAgent, .. shortAddress];
    }

    public static (FamilyGrant Grant, SessionOrigin Origin) Unpack(Subject subject, ReadOnlySpan<byte> packed)
    {
        var reader = new PackedReader(packed);
        var version = reader.Byte();
        if (version is not (Version or BodyVersion))
        {
            throw new FormatException($"The metadata of a family has version {version}; this program knows {Version} and {BodyVersion}.");
        }

        var client = reader.Text(1);
        var binding = reader.Text(1);
        if (!Scope.TryParse(reader.Text(LongTextWidth), out var scope))
        {
            throw new FormatException("The metadata of a family holds no scope.");
        }

        var amr = Abbreviation.Expand(reader.Text(1));
        var device = reader.Text(1);
        var agent = Abbreviation.Expand(reader.Text(1));
        var origin = new SessionOrigin(NullIfEmpty(device), NullIfEmpty(agent), PackedAddress.Unpack(reader.Rest()));

        // No client but the built-in one ever had a cookie.
        var transport = version == BodyVersion || client.Length > 0 ? TokenTransport.Body : TokenTransport.Cookie;
        var grant = new FamilyGrant(subject, client.Length == 0 ? OAuthClient.SpaClientId : client, scope, amr, transport, NullIfEmpty(binding));
        return (grant, origin);
    }

    /// <summary>The client that nearly every family belongs to takes no byte.</summary>
    public static string PackClient(string clientId) => clientId == OAuthClient.SpaClientId ? string.Empty : clientId;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static byte[] Shorten(byte[] text, ref int surplus)
    {
        var kept = Math.Clamp(text.Length - Math.Max(surplus, 0), 0, byte.MaxValue);
        while (kept > 0 && kept < text.Length && (text[kept] & 0xC0) == 0x80)
        {
            // Not in the middle of a character.
            kept--;
        }

        surplus -= text.Length - kept;
        return text[..kept];
    }
}
