using Microsoft.AspNetCore.Identity;

namespace TokenIssuer.Identity.SignIn;

/// <summary>The host's own hasher, watched.</summary>
internal sealed class RehashNotingHasher<TUser>(IPasswordHasher<TUser> hasher, Rehashes rehashes) : IPasswordHasher<TUser>
    where TUser : class
{
    public string HashPassword(TUser user, string password)
    {
        var hash = hasher.HashPassword(user, password);
        rehashes.Note(user, password, hash);
        return hash;
    }

    public PasswordVerificationResult VerifyHashedPassword(TUser user, string hashedPassword, string providedPassword)
    {
        var verdict = hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            rehashes.Expect(user, providedPassword);
        }

        return verdict;
    }
}
