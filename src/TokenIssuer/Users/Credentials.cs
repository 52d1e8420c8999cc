using System.Diagnostics;
using System.Text.Json.Serialization;

namespace TokenIssuer.Users;

/// <summary>What somebody offers to prove who they are. Never printed, never kept.</summary>
[DebuggerDisplay("credentials")]
public sealed class Credentials
{
    /// <summary>Wraps credentials.</summary>
    /// <param name="username">The name as typed.</param>
    /// <param name="password">The password as typed; never trimmed or cut.</param>
    /// <param name="otp">The code of the second factor; null when none was given.</param>
    public Credentials(string username, string password, string? otp = null)
    {
        ArgumentNullException.ThrowIfNull(username);
        ArgumentNullException.ThrowIfNull(password);
        Username = username;
        Password = password;
        Otp = otp;
    }

    /// <summary>The name as typed.</summary>
    public string Username { get; }

    /// <summary>The password as typed.</summary>
    [JsonIgnore]
    public string Password { get; }

    /// <summary>The code of the second factor; null when none was given.</summary>
    [JsonIgnore]
    public string? Otp { get; }

    /// <summary>
    /// The time step of the code, once it was accepted. One login may have to judge the same credentials again, because the
    /// generation moved: the code that it has spent itself is still good for it, and for nobody else.
    /// </summary>
    internal long? SpentStep { get; set; }

    /// <summary>A fixed mask.</summary>
    public override string ToString() => "(credentials)";
}
