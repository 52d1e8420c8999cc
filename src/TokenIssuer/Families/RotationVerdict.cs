namespace TokenIssuer.Families;

/// <summary>What became of a presented refresh token. The numbers are what the Lua script returns; never reuse one.</summary>
internal enum RotationVerdict
{
    /// <summary>No such user or family: missing means dead. Nothing written.</summary>
    Missing = 1,

    /// <summary>The family was born below the user's floor. Nothing written.</summary>
    BelowFloor = 2,

    /// <summary>Correctly sealed, but with another family secret: a key has leaked. Nothing written.</summary>
    WrongSecret = 3,

    /// <summary>The idle or the absolute end has passed. Nothing written.</summary>
    Expired = 4,

    /// <summary>Another client or another binding than the family's. Nothing written, nobody harmed.</summary>
    Foreign = 5,

    /// <summary>A wider scope than granted (RFC 6749 §6). Nothing written, the token stays good.</summary>
    WiderScope = 6,

    /// <summary>The current token: rotated to its successor.</summary>
    Rotated = 7,

    /// <summary>The direct predecessor inside the concurrency window: same successor again. Nothing written.</summary>
    ReplayedConcurrent = 8,

    /// <summary>The direct predecessor with the idempotency key of its rotation: same successor again. Nothing written.</summary>
    ReplayedLost = 9,

    /// <summary>A spent token: the family (or the user) is killed and logged in the same step (RFC 9700 §4.14.2).</summary>
    Reused = 10,

    /// <summary>The store had lost rotations of this family; it continues from the token presented.</summary>
    RolledBack = 11,

    /// <summary>So far ahead of the store that no loss explains it. Nothing written.</summary>
    Forged = 12,
}
