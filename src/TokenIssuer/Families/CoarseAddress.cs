using System.Net;
using System.Net.Sockets;

namespace TokenIssuer.Families;

/// <summary>An address without its last part: enough for its owner to recognise a place, too little to track a person.</summary>
internal static class CoarseAddress
{
    private const int Ipv4Kept = 3;
    private const int Ipv6Kept = 6;

    /// <returns>The /24 of an IPv4 address, the /48 of an IPv6 address; null when there is none.</returns>
    public static string? Of(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var kept = plain.AddressFamily == AddressFamily.InterNetwork ? Ipv4Kept : Ipv6Kept;
        var bytes = plain.GetAddressBytes();
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{kept * 8}";
    }
}
