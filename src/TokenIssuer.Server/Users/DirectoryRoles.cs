using Microsoft.AspNetCore.Identity;

namespace TokenIssuer.Server.Users;

/// <summary>
/// The roles of the directory. One has one spelling, that of its first holder, because APIs compare names as they stand in a
/// token; asked for in another case it is the same role. The role of administrators is spelled as the contract has it.
/// </summary>
internal sealed class DirectoryRoles(RoleManager<IdentityRole> known, ILookupNormalizer names)
{
    public const string Administrator = "admin";

    /// <summary>Creates the roles that are new.</summary>
    /// <returns>The roles as the directory spells them, each once; or what it refuses.</returns>
    public async Task<(IReadOnlyList<string> Names, IdentityResult Result)> EnsureAsync(IEnumerable<string> wanted)
    {
        var found = new List<string>();
        foreach (var name in wanted)
        {
            var role = await known.FindByNameAsync(name).ConfigureAwait(false);
            if (role is null)
            {
                role = new IdentityRole(names.NormalizeName(name) == names.NormalizeName(Administrator) ? Administrator : name.Trim());
                var created = await known.CreateAsync(role).ConfigureAwait(false);
                if (!created.Succeeded)
                {
                    return ([], created);
                }
            }

            if (role.Name is { } spelled && !found.Contains(spelled))
            {
                found.Add(spelled);
            }
        }

        return (found, IdentityResult.Success);
    }
}
