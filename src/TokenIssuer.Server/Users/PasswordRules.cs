using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Identity;

namespace TokenIssuer.Server.Users;

/// <summary>
/// What Identity's own length rule leaves open (ASVS 5.0, 6.2): no composition rules, any character, long phrases
/// welcome, and nothing that stands at the top of every guessing list.
/// </summary>
internal sealed class PasswordRules : IPasswordValidator<DirectoryUser>
{
    public const int MinLength = 8;
    public const int MaxLength = 1024;

    private static readonly Lazy<FrozenSet<string>> s_common = new(ReadCommonPasswords);

    public Task<IdentityResult> ValidateAsync(UserManager<DirectoryUser> manager, DirectoryUser user, string? password)
    {
        var faults = FaultsOf(user, password ?? string.Empty).ToArray();
        return Task.FromResult(faults.Length == 0 ? IdentityResult.Success : IdentityResult.Failed(faults));
    }

    private static IEnumerable<IdentityError> FaultsOf(DirectoryUser user, string password)
    {
        if (password.Length > MaxLength)
        {
            yield return new IdentityError { Code = "PasswordTooLong", Description = $"Passwords must be at most {MaxLength} characters." };
        }

        if (string.Equals(password, user.UserName, StringComparison.OrdinalIgnoreCase))
        {
            yield return new IdentityError { Code = "PasswordIsUserName", Description = "The password must not be the user name." };
        }

        if (s_common.Value.Contains(password))
        {
            yield return new IdentityError { Code = "PasswordTooCommon", Description = "This password is among the most common ones: choose another." };
        }
    }

    private static FrozenSet<string> ReadCommonPasswords()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is not embedded.");
        using var reader = new StreamReader(stream);

        // The licence of the list stands above it, up to the first empty line.
        return reader.ReadToEnd().Split('\n')
            .SkipWhile(line => line.Length > 0)
            .Where(line => line.Length > 0)
            .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }
}
