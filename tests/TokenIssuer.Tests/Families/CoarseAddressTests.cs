using System.Net;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class CoarseAddressTests
{
    [Theory]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48")]
    [InlineData("::1", "::/48")]
    public void An_address_loses_its_last_part(string address, string coarse) => Assert.Equal(coarse, CoarseAddress.Of(IPAddress.Parse(address)));

    [Fact]
    public void No_address_stays_none() => Assert.Null(CoarseAddress.Of(null));
}
