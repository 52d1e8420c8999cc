using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

/// <summary>Whole lives of a family: tokens are presented in any order, again and again, while time passes.</summary>
public sealed class FamilyHistoryTests
{
    private static readonly Gen<Presentation[]> s_history =
        (from back in Gen.Frequency((5, Gen.Constant(0)), (3, Gen.Constant(1)), (1, Gen.Choose(2, 5)))
         from seconds in Gen.Elements(-5, 0, 1, 29, 30, 31, 599, 600, 1799)
         from idempotency in Gen.Elements(0UL, 1UL, 2UL)
         select new Presentation(back, TimeSpan.FromSeconds(seconds), idempotency)).ArrayOf(30);

    [Fact]
    public void No_token_is_redeemed_twice_and_every_answer_is_the_one_child_of_its_parent()
    {
        var histories = s_history.ToArbitrary();

        Prop.ForAll(histories, history => Live(history)).Check(Config.QuickThrowOnFailure.WithMaxTest(3000).WithQuietOnSuccess(true));
    }

    [Fact]
    public void A_family_that_is_used_within_its_idle_timeout_lives_to_its_absolute_end_and_no_longer()
    {
        var family = Sample.Family with { Generation = 1, RotatedAt = Sample.Login, IdleEnd = Sample.Login + Sample.Policy.IdleTimeout };
        var now = Sample.Login;

        while (now + TimeSpan.FromMinutes(20) < family.AbsoluteEnd)
        {
            now += TimeSpan.FromMinutes(20);
            var judgement = TokenFamily.Judge(family, Sample.Floors, Sample.Request with { Generation = family.Generation }, now);
            Assert.Equal(RotationVerdict.Rotated, judgement.Verdict);
            family = judgement.Family!;
        }

        Assert.Equal(Sample.Family.AbsoluteEnd, family.IdleEnd);
        var atEnd = TokenFamily.Judge(family, Sample.Floors, Sample.Request with { Generation = family.Generation }, family.AbsoluteEnd);
        Assert.Equal(RotationVerdict.Expired, atEnd.Verdict);
    }

    private static void Live(Presentation[] history)
    {
        var family = Sample.Family with { Generation = 1, RotatedAt = Sample.Login, IdleEnd = Sample.Login + Sample.Policy.IdleTimeout };
        var now = Sample.Login;
        var redeemed = new HashSet<uint>();
        foreach (var presentation in history)
        {
            now += presentation.After;
            var token = (uint)Math.Max(1, family.Generation - presentation.Back);
            var request = Sample.Request with { Generation = token, IdempotencyHash = presentation.Idempotency };

            var (verdict, after) = TokenFamily.Judge(family, Sample.Floors, request, now);

            switch (verdict)
            {
                case RotationVerdict.Rotated:
                    Assert.True(redeemed.Add(token), $"Token {token} was redeemed twice.");
                    Assert.Equal(token + 1, after?.Generation);
                    family = after!;
                    break;
                case RotationVerdict.ReplayedConcurrent or RotationVerdict.ReplayedLost:
                    Assert.Contains(token, redeemed);
                    Assert.Equal(token + 1, after?.Generation);
                    break;
                case RotationVerdict.Reused:
                    Assert.Contains(token, redeemed);
                    return;
                default:
                    Assert.Equal(RotationVerdict.Expired, verdict);
                    break;
            }
        }
    }

    private sealed record Presentation(int Back, TimeSpan After, ulong Idempotency);
}
