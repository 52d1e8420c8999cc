namespace TokenIssuer.Identity;

/// <summary>What <c>UseIdentity</c> can't know about the users of a host.</summary>
public sealed class IdentityRevocationOptions
{
    /// <summary>
    /// Names of boolean properties of the user with which the host keeps somebody from signing in, such as <c>IsDisabled</c>:
    /// when one becomes true, everything of the user is revoked. Empty by default. Refusing the next login is the host's own
    /// part (<c>SignInManager.CanSignInAsync</c>).
    /// </summary>
    public IList<string> DisablingProperties { get; } = [];
}
