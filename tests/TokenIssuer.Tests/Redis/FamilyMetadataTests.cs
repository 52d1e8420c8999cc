using TokenIssuer.Families;
using TokenIssuer.Redis.Records;

namespace TokenIssuer.Tests.Redis;

/// <summary>The packed metadata of a family, byte for byte: what older issuers have written must be read for ever.</summary>
public sealed class FamilyMetadataTests
{
    private static readonly Subject s_subject = new("alice");
    private static readonly SessionOrigin s_origin = new("Tablet", "Chrome 141 · Windows", "192.0.2.0/24");

    [Theory]
    [InlineData(TokenTransport.Cookie, OAuthClient.SpaClientId, "010000000A6E6F7465733A7265616403012003065461626C6574050F31343108C00002")]
    [InlineData(TokenTransport.Body, OAuthClient.SpaClientId, "020000000A6E6F7465733A7265616403012003065461626C6574050F31343108C00002")]
    [InlineData(TokenTransport.Body, "app", "020361707000000A6E6F7465733A7265616403012003065461626C6574050F31343108C00002")]
    public void It_is_written_and_read_in_these_bytes(TokenTransport transport, string client, string packed)
    {
        var grant = new FamilyGrant(s_subject, client, Scope.Of(["notes:read"]), "pwd mfa", transport);

        Assert.Equal(packed, Convert.ToHexString(FamilyMetadata.Pack(grant, s_origin)));
        Assert.Equal((grant, s_origin), FamilyMetadata.Unpack(s_subject, Convert.FromHexString(packed)));
    }

    [Theory]
    [InlineData("010000000A6E6F7465733A7265616403012003065461626C6574050F31343108C00002", TokenTransport.Cookie)]
    [InlineData("010361707000000A6E6F7465733A7265616403012003065461626C6574050F31343108C00002", TokenTransport.Body)]
    public void What_was_written_before_the_way_was_remembered_hands_no_token_of_a_cookie_to_scripts(string packed, TokenTransport transport)
        => Assert.Equal(transport, FamilyMetadata.Unpack(s_subject, Convert.FromHexString(packed)).Grant.Transport);

    [Theory]
    [InlineData("00")]
    [InlineData("03")]
    public void Another_version_is_not_guessed_at(string version)
        => Assert.Throws<FormatException>(
            () => FamilyMetadata.Unpack(s_subject, Convert.FromHexString(version + "0000000A6E6F7465733A7265616403012003065461626C6574050F31343108C00002")));
}
