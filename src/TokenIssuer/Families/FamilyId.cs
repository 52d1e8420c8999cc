using System.Security.Cryptography;

namespace TokenIssuer.Families;

/// <summary>Names one token family of a user: 16 random bytes. Knowing it opens nothing; the family secret does.</summary>
internal readonly record struct FamilyId(UInt128 Value)
{
    public static FamilyId New() => new(Identifier128.Read(RandomNumberGenerator.GetBytes(Identifier128.Size)));

    public override string ToString() => Identifier128.ToBase64Url(Value);
}
