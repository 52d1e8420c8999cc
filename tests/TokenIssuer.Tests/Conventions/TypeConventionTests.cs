using System.Text.RegularExpressions;

namespace TokenIssuer.Tests.Conventions;

public sealed partial class TypeConventionTests
{
    [Fact]
    public void Every_class_that_nothing_derives_from_is_sealed()
    {
        var parents = ShippedCode.Types.Select(type => type.BaseType).OfType<Type>()
            .Select(type => type.IsGenericType ? type.GetGenericTypeDefinition() : type).ToHashSet();

        var open = ShippedCode.Types
            .Where(type => type is { IsClass: true, IsAbstract: false, IsSealed: false } && !parents.Contains(type) && !typeof(Delegate).IsAssignableFrom(type))
            .Select(type => type.FullName);

        Assert.Empty(open);
        Assert.Contains(ShippedCode.Types, type => type is { IsClass: true, IsSealed: true });
    }

    [Fact]
    public void Names_are_nouns_of_the_domain()
    {
        var vague = ShippedCode.Types.Where(type => IsVague(type.Name) && !IsDemandedByAFramework(type)).Select(type => type.FullName);

        Assert.Empty(vague);
        Assert.True(IsVague("TokenHelper"));
    }

    [Fact]
    public void Interfaces_are_the_seams_and_no_more()
    {
        var interfaces = ShippedCode.Types.Where(type => type.IsInterface).Select(type => type.Name).Order(StringComparer.Ordinal);

        Assert.Equal(["IAuditTrail", "ICredentialVerifier", "IRevocationFeed", "ISecondFactors", "ITokenFamilyStore", "IUserAdministration"], interfaces);
    }

    [Fact]
    public void Nothing_is_called_like_the_product()
        => Assert.DoesNotContain(ShippedCode.Types, type => type.Name == "TokenIssuer");

    private static bool IsVague(string name) => VagueWords().IsMatch(name.Split('`')[0]);

    private static bool IsDemandedByAFramework(Type type)
        => type.Name.EndsWith("BearerHandler", StringComparison.Ordinal);

    [GeneratedRegex("(Helper|Manager|Util|Utils|Common|Base|Impl|Data|Info|Processor|Handler|Service)$")]
    private static partial Regex VagueWords();
}
