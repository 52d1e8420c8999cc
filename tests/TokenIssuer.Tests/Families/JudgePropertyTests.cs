using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

/// <summary>What holds of the verdict for every family, request and clock.</summary>
public sealed class JudgePropertyTests
{
    private static readonly Config s_thorough = Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true);

    private static readonly RotationVerdict[] s_writing = [RotationVerdict.Rotated, RotationVerdict.RolledBack];

    [Fact]
    public void The_first_row_that_fits_counts() => ForAll(one => one.Judge().Verdict == FirstRow(one));

    [Fact]
    public void Every_row_is_met_by_the_random_cases()
    {
        var cases = JudgeCase.Any.Generator.Sample(20_000);

        var met = cases.Select(one => one.Judge().Verdict).Distinct().Order();

        Assert.Equal(Enum.GetValues<RotationVerdict>(), met);
    }

    [Fact]
    public void Nothing_is_written_unless_the_token_rotates()
        => ForAll(one => one.Judge() is var judgement
            && (s_writing.Contains(judgement.Verdict) ? judgement.Family != one.Stored : ReferenceEquals(judgement.Family, one.Stored)));

    [Fact]
    public void After_a_rotation_only_the_successor_is_unredeemed()
        => ForAll(one => one.Judge() is not { Family: { } family } judgement || !s_writing.Contains(judgement.Verdict)
            || (family.Generation == one.Request.Generation + 1
                && Again(one, family, one.Request.Generation) is not RotationVerdict.Rotated and not RotationVerdict.RolledBack
                && Again(one, family, family.Generation) is RotationVerdict.Rotated or RotationVerdict.Expired));

    [Fact]
    public void A_refusal_leaves_the_current_token_as_it_was()
        => ForAll(one => one.Stored is not { } stored
            || s_writing.Contains(one.Judge().Verdict)
            || TokenFamily.Judge(one.Judge().Family, one.Floors, Own(stored, one), one.Now)
                == TokenFamily.Judge(stored, one.Floors, Own(stored, one), one.Now));

    [Fact]
    public void A_replay_is_of_the_direct_predecessor_within_a_window()
        => ForAll(one => one.Judge() is var judgement && judgement.Verdict switch
        {
            RotationVerdict.ReplayedConcurrent => IsPredecessor(one) && Age(one) < one.Request.Policy.ConcurrencyWindow,
            RotationVerdict.ReplayedLost => IsPredecessor(one) && Age(one) < one.Request.Policy.LostResponseWindow
                && one.Request.IdempotencyHash != 0 && one.Request.IdempotencyHash == one.Stored?.IdempotencyHash,
            _ => true,
        });

    [Fact]
    public void Without_windows_nothing_is_ever_replayed()
        => ForAll(one => TokenFamily.Judge(one.Stored, one.Floors, Strict(one.Request), one.Now).Verdict
            is not RotationVerdict.ReplayedConcurrent and not RotationVerdict.ReplayedLost);

    [Fact]
    public void The_absolute_end_never_moves_and_the_idle_end_never_passes_it()
        => ForAll(one => one.Judge().Family is not { } family
            || (family.AbsoluteEnd == one.Stored?.AbsoluteEnd && family.CreatedAt == one.Stored.CreatedAt && family.IdleEnd <= family.AbsoluteEnd));

    [Fact]
    public void What_a_login_granted_never_changes()
        => ForAll(one => one.Judge().Family is not { } family
            || (family.Grant == one.Stored?.Grant && family.Birth == one.Stored.Birth && family.SecretHash == one.Stored.SecretHash && family.Session == one.Stored.Session));

    [Fact]
    public void A_clock_that_went_back_counts_as_no_time_since_the_rotation()
        => ForAll(one => one.Stored is not { } stored || one.Now >= stored.RotatedAt
            || one.Judge().Verdict == (one with { Now = stored.RotatedAt }).Judge().Verdict
            || stored.RotatedAt >= stored.IdleEnd);

    [Fact]
    public void A_raised_floor_never_revives_a_token()
        => ForAll(one => s_writing.Contains(one.Judge().Verdict)
            || !s_writing.Contains((one with { Floors = one.Floors.Raise(KillReach.Everything, one.Now) }).Judge().Verdict));

    [Fact]
    public void A_kill_of_the_user_is_final_for_every_token_born_before()
        => ForAll(one => one.Stored is null || one.Stored.Birth > one.Floors.Generation
            || (one with { Floors = one.Floors.Raise(KillReach.Sessions, one.Now) }).Judge().Verdict == RotationVerdict.BelowFloor);

    private static void ForAll(Func<JudgeCase, bool> holds) => Prop.ForAll(JudgeCase.Any, holds).Check(s_thorough);

    private static bool IsPredecessor(JudgeCase one) => one.Request.Generation + 1 == one.Stored?.Generation;

    private static TimeSpan Age(JudgeCase one)
        => one.Stored is { } stored && one.Now > stored.RotatedAt ? one.Now - stored.RotatedAt : TimeSpan.Zero;

    private static RotationRequest Strict(RotationRequest request)
        => request with { Policy = request.Policy with { ConcurrencyWindow = TimeSpan.Zero, LostResponseWindow = TimeSpan.Zero } };

    private static RotationRequest Own(TokenFamily family, JudgeCase one) => one.Request with
    {
        Generation = family.Generation,
        SecretHash = family.SecretHash,
        ClientId = family.Grant.ClientId,
        Binding = family.Grant.Binding,
        Scope = Scope.None,
    };

    private static RotationVerdict Again(JudgeCase one, TokenFamily family, uint generation)
        => TokenFamily.Judge(family, one.Floors, one.Request with { Generation = generation }, one.Now).Verdict;

    /// <summary>The table as the design prints it: conditions in their order, nothing else.</summary>
    private static RotationVerdict FirstRow(JudgeCase one)
    {
        var (stored, request) = (one.Stored, one.Request);
        if (stored is null)
        {
            return RotationVerdict.Missing;
        }

        var ahead = (long)request.Generation - stored.Generation;
        (bool Fits, RotationVerdict Verdict)[] rows =
        [
            (stored.Birth < one.Floors.Floor, RotationVerdict.BelowFloor),
            (stored.SecretHash != request.SecretHash, RotationVerdict.WrongSecret),
            (one.Now >= stored.IdleEnd || one.Now >= stored.AbsoluteEnd, RotationVerdict.Expired),
            (stored.Grant.ClientId != request.ClientId || stored.Grant.Binding != request.Binding, RotationVerdict.Foreign),
            (request.Scope.Names.Except(stored.Grant.Scope.Names).Any(), RotationVerdict.WiderScope),
            (ahead == 0, RotationVerdict.Rotated),
            (ahead == -1 && Age(one) < request.Policy.ConcurrencyWindow, RotationVerdict.ReplayedConcurrent),
            (ahead == -1 && Age(one) < request.Policy.LostResponseWindow && request.IdempotencyHash != 0
                && request.IdempotencyHash == stored.IdempotencyHash, RotationVerdict.ReplayedLost),
            (ahead < 0, RotationVerdict.Reused),
            (ahead <= 100, RotationVerdict.RolledBack),
            (true, RotationVerdict.Forged),
        ];
        return rows.First(row => row.Fits).Verdict;
    }
}
