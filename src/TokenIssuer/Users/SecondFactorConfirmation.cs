namespace TokenIssuer.Users;

/// <summary>What became of a code that was to confirm a new second factor.</summary>
public enum SecondFactorConfirmation
{
    /// <summary>The code is wrong. Nothing was changed; after five wrong ones it has to be begun anew.</summary>
    Wrong = 0,

    /// <summary>Nothing was begun, or too long ago.</summary>
    NotBegun = 1,

    /// <summary>The user, who had no second factor, has one from now on.</summary>
    Enabled = 2,

    /// <summary>The new second factor has taken the place of another one.</summary>
    Replaced = 3,
}
