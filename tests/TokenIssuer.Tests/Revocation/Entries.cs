using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Revocation;

/// <summary>One entry of each kind.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Until = DateTimeOffset.FromUnixTimeSeconds(1_767_270_000);

    public static readonly Subject Alice = new("alice");
    public static readonly UserKey AliceKey = UserKey.Of("https://issuer.example", Alice);
    public static readonly SessionId Session = new(AliceKey, new FamilyId(42));

    public static readonly RevocationEntry.Family Family = new(Session, RevocationReason.Logout, Until) { Id = "1" };
    public static readonly RevocationEntry.User User = new(AliceKey, Alice, new UserFloors(30, 20, 0), RevocationReason.PasswordChanged, Until) { Id = "2" };
    public static readonly RevocationEntry.Token Token = new("token-id", RevocationReason.ClientRevoked, Until) { Id = "3" };
    public static readonly RevocationEntry.Key Key = new("key-id", RevocationReason.KeyRetired, Until) { Id = "4" };
    public static readonly RevocationEntry.All All = new(1_767_268_800_000, RevocationReason.StoreBirth, Until) { Id = "5" };

    public static IReadOnlyList<RevocationEntry> OfEveryKind => [Family, User, Token, Key, All];
}
