namespace TokenIssuer.Users;

/// <summary>What credentials turned out to be. Clients see one refusal for all but the missing second factor.</summary>
public enum CredentialVerdict
{
    /// <summary>Unknown user, wrong password or code.</summary>
    Wrong = 0,

    /// <summary>Correct.</summary>
    Correct = 1,

    /// <summary>The password is correct, and the user has a second factor whose code was not given.</summary>
    SecondFactorRequired = 2,

    /// <summary>Too many failures; nothing was verified.</summary>
    LockedOut = 3,

    /// <summary>The user may not sign in.</summary>
    Disabled = 4,
}
