using Microsoft.AspNetCore.Identity;

namespace TokenIssuer.Server.Users;

/// <summary>A user of the directory. The id, drawn at random by Identity and never given to anybody else, is the <c>sub</c> of tokens.</summary>
internal sealed class DirectoryUser : IdentityUser
{
    public DirectoryUser()
    {
    }

    public DirectoryUser(string userName)
        : base(userName)
    {
    }

    /// <summary>Set by an administrator. Apart from the lock-out, which a stranger can trigger and which passes.</summary>
    public bool IsDisabled { get; set; }
}
