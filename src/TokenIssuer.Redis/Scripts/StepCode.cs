namespace TokenIssuer.Redis.Scripts;

/// <summary>The first number of every reply; 1 to 12 are <see cref="Families.RotationVerdict"/>. Never reuse one.</summary>
internal enum StepCode
{
    /// <summary>Done.</summary>
    Done = 0,

    /// <summary>The user's generation is not the one expected.</summary>
    GenerationMoved = 20,

    /// <summary>The session cap is reached and the policy is to refuse.</summary>
    LimitReached = 21,

    /// <summary>Somebody else has raised the epoch.</summary>
    EpochMoved = 22,

    /// <summary>The deadline had passed; nothing was done.</summary>
    Late = 90,

    /// <summary>The store is not the one the caller has seen; nothing was done.</summary>
    Loss = 91,

    /// <summary>The log was never born, or was lost altogether; nothing was done.</summary>
    Unborn = 92,

    /// <summary>A record of a version that this program does not know; nothing was done.</summary>
    Unreadable = 93,
}
