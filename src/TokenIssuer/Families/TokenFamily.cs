namespace TokenIssuer.Families;

/// <summary>
/// One login on one device. Of all its refresh tokens only the number of the current one is stored: any smaller number
/// is, by arithmetic, a spent token, and a family takes the same few bytes after one rotation and after a million.
/// </summary>
/// <param name="Session">User and family.</param>
/// <param name="Grant">What the login granted.</param>
/// <param name="Origin">Where it was started.</param>
/// <param name="Birth">The user's effective generation when the login began; dead once below the user's floor.</param>
/// <param name="SecretHash">The hash of the family secret.</param>
/// <param name="Generation">The number of the one unredeemed refresh token.</param>
/// <param name="SealKeyId">The key that sealed it, so that a replay is byte-equal across a key rotation.</param>
/// <param name="CreatedAt">When the user signed in (<c>auth_time</c>); before the family was started, if it goes on with an earlier sign-in.</param>
/// <param name="RotatedAt">When the current token was made.</param>
/// <param name="IdleEnd">When the family dies unless refreshed before.</param>
/// <param name="AbsoluteEnd">When it dies whatever happens; never moves.</param>
/// <param name="IdempotencyHash">Of the rotation that made the current token; 0 for none.</param>
/// <param name="AgentHash">Of the rotation that made the current token.</param>
internal sealed record TokenFamily(
    SessionId Session,
    FamilyGrant Grant,
    SessionOrigin Origin,
    long Birth,
    UInt128 SecretHash,
    uint Generation,
    byte SealKeyId,
    DateTimeOffset CreatedAt,
    DateTimeOffset RotatedAt,
    DateTimeOffset IdleEnd,
    DateTimeOffset AbsoluteEnd,
    ulong IdempotencyHash,
    uint AgentHash)
{
    /// <summary>A store that lost its last writes may be behind a token by this many rotations; more is a forgery.</summary>
    public const uint MaxLostRotations = 100;

    public const uint FirstGeneration = 1;

    public bool IsAlive(UserFloors floors, DateTimeOffset now) => Birth >= floors.Floor && now < IdleEnd && now < AbsoluteEnd;

    /// <summary>
    /// Decides what a presented token means. Pure: it is the specification that the stores run or are tested against.
    /// The first case that fits counts.
    /// </summary>
    /// <param name="stored">The family as the store has it; null when missing.</param>
    /// <param name="floors">Maximum of what the store and the caller know of the user.</param>
    /// <param name="request">The presented token.</param>
    /// <param name="now">The time of the step.</param>
    public static Judgement Judge(TokenFamily? stored, UserFloors floors, RotationRequest request, DateTimeOffset now)
    {
        if (stored is null)
        {
            return new Judgement(RotationVerdict.Missing, null);
        }

        if (stored.Birth < floors.Floor)
        {
            return new Judgement(RotationVerdict.BelowFloor, stored);
        }

        if (stored.SecretHash != request.SecretHash)
        {
            return new Judgement(RotationVerdict.WrongSecret, stored);
        }

        if (now >= stored.IdleEnd || now >= stored.AbsoluteEnd)
        {
            return new Judgement(RotationVerdict.Expired, stored);
        }

        if (!string.Equals(stored.Grant.ClientId, request.ClientId, StringComparison.Ordinal)
            || !string.Equals(stored.Grant.Binding, request.Binding, StringComparison.Ordinal))
        {
            return new Judgement(RotationVerdict.Foreign, stored);
        }

        if (!stored.Grant.Scope.Covers(request.Scope))
        {
            return new Judgement(RotationVerdict.WiderScope, stored);
        }

        return stored.JudgeGeneration(request, now);
    }

    private Judgement JudgeGeneration(RotationRequest request, DateTimeOffset now)
    {
        if (request.Generation == Generation)
        {
            return new Judgement(RotationVerdict.Rotated, Rotate(request, now));
        }

        if (request.Generation > Generation)
        {
            return request.Generation - Generation <= MaxLostRotations
                ? new Judgement(RotationVerdict.RolledBack, Rotate(request, now))
                : new Judgement(RotationVerdict.Forged, this);
        }

        return new Judgement(JudgeSpent(request, now), this);
    }

    private RotationVerdict JudgeSpent(RotationRequest request, DateTimeOffset now)
    {
        if (request.Generation != Generation - 1)
        {
            return RotationVerdict.Reused;
        }

        var age = now > RotatedAt ? now - RotatedAt : TimeSpan.Zero;
        if (age < request.Policy.ConcurrencyWindow)
        {
            return RotationVerdict.ReplayedConcurrent;
        }

        var sameRequest = IdempotencyHash != 0 && IdempotencyHash == request.IdempotencyHash;
        return sameRequest && age < request.Policy.LostResponseWindow ? RotationVerdict.ReplayedLost : RotationVerdict.Reused;
    }

    private TokenFamily Rotate(RotationRequest request, DateTimeOffset now)
    {
        var idleEnd = now + request.Policy.IdleTimeout;
        return this with
        {
            Generation = request.Generation + 1,
            SealKeyId = request.SealKeyId,
            RotatedAt = now,
            IdleEnd = idleEnd < AbsoluteEnd ? idleEnd : AbsoluteEnd,
            IdempotencyHash = request.IdempotencyHash,
            AgentHash = request.AgentHash,
        };
    }
}

/// <summary>A verdict and the family as it is after it: the state to write when the verdict rotates, else what is stored.</summary>
internal readonly record struct Judgement(RotationVerdict Verdict, TokenFamily? Family);
