using System.Text;
using TokenIssuer.Families;

namespace TokenIssuer.Redis.Records;

/// <summary>
/// What a login granted and where from, in the field beside the family. Kept to 64 bytes for the same reason as the family:
/// when it would not fit, what is only displayed is shortened, agent first, then address, then device. The grant never is;
/// a long one costs memory, nothing else. <c>scope.lua</c> reads the head.
/// </summary>
internal static class FamilyMetadata
{
    public const byte Version = 1;
    public const int MaxLength = 64;
    private const int LongTextWidth = 2;

    public static byte[] Pack(FamilyGrant grant, SessionOrigin origin)
    {
        var head = new PackedWriter()
            .Byte(Version)
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
        if (reader.Byte() is var version && version != Version)
        {
            throw new FormatException($"The metadata of a family has version {version}; this program knows {Version}.");
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
        return (new FamilyGrant(subject, client.Length == 0 ? OAuthClient.SpaClientId : client, scope, amr, NullIfEmpty(binding)), origin);
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
