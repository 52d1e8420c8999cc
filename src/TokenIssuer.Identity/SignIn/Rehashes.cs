using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace TokenIssuer.Identity.SignIn;

/// <summary>
/// Tells a hash that was brought up to date from a new password. Identity stores both in the same way, and the first, at
/// a login, must not end the sessions of whoever signs in.
/// </summary>
internal sealed class Rehashes
{
    private readonly ConditionalWeakTable<object, byte[]> _outdated = [];
    private readonly ConditionalWeakTable<object, string> _renewed = [];

    /// <summary>A password was right, and its hash is of an older kind.</summary>
    public void Expect(object user, string password) => _outdated.AddOrUpdate(user, DigestOf(password));

    /// <summary>Something was hashed; when it is the password that was right a moment ago, the hash is no new password.</summary>
    public void Note(object user, string password, string hash)
    {
        if (_outdated.TryGetValue(user, out var expected) && CryptographicOperations.FixedTimeEquals(expected, DigestOf(password)))
        {
            _renewed.AddOrUpdate(user, hash);
        }

        _outdated.Remove(user);
    }

    public bool IsRehash(object user, string? hash) => hash is not null && _renewed.TryGetValue(user, out var renewed) && renewed == hash;

    private static byte[] DigestOf(string password) => SHA256.HashData(Encoding.UTF8.GetBytes(password));
}
