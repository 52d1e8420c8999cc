using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TokenIssuer.Redis.Records;

/// <summary>A coarse address: 3 bytes for a /24, 6 for a /48, and text, marked as such, for anything else.</summary>
internal static class PackedAddress
{
    private const int V4Length = 3;
    private const int V6Length = 6;
    private const byte IsText = 0xFF;

    public static byte[] Pack(string? address)
    {
        if (string.IsNullOrEmpty(address))
        {
            return [];
        }

        // Only what comes back as the same text is packed.
        return IPNetwork.TryParse(address, out var network) && PackNetwork(network) is { } packed && Unpack(packed) == address
            ? packed
            : [IsText, .. Encoding.UTF8.GetBytes(address)];
    }

    public static string? Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty)
        {
            return null;
        }

        if (packed[0] == IsText)
        {
            return Encoding.UTF8.GetString(packed[1..]);
        }

        Span<byte> bytes = stackalloc byte[packed.Length == V4Length ? 4 : 16];
        bytes.Clear();
        packed.CopyTo(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{8 * packed.Length}");
    }

    private static byte[]? PackNetwork(IPNetwork network) => (network.BaseAddress.AddressFamily, network.PrefixLength) switch
    {
        (AddressFamily.InterNetwork, 8 * V4Length) => network.BaseAddress.GetAddressBytes()[..V4Length],
        (AddressFamily.InterNetworkV6, 8 * V6Length) => network.BaseAddress.GetAddressBytes()[..V6Length],
        _ => null,
    };
}
