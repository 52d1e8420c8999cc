using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Revocation;

public sealed class FamilyMarksTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly UserKey s_user = UserKey.Of("issuer", new Subject("alice"));

    [Fact]
    public void What_was_added_is_found_and_nothing_else()
    {
        var marks = new FamilyMarks();
        List<SessionId> added = [.. Enumerable.Range(0, 10_000).Select(_ => NewSession())];

        foreach (var session in added)
        {
            Assert.False(marks.Contains(session));
            marks.Add(session, RevocationReason.Logout, s_now);
        }

        Assert.Equal(added.Count, marks.Count);
        Assert.All(added, session => Assert.True(marks.Contains(session)));
        Assert.All(added, session => Assert.False(marks.Contains(new SessionId(UserKey.Of("issuer", new Subject("bob")), session.Family))));
        Assert.Equal(added.ToHashSet(), marks.All().Select(entry => entry.Session).ToHashSet());
    }

    [Fact]
    public void Adding_again_keeps_the_later_end()
    {
        var marks = new FamilyMarks();
        var session = NewSession();

        marks.Add(session, RevocationReason.Logout, s_now.AddMinutes(2));
        marks.Add(session, RevocationReason.Administrator, s_now.AddMinutes(1));
        var kept = Assert.Single(marks.All());
        marks.Add(session, RevocationReason.Administrator, s_now.AddMinutes(3));

        Assert.Equal(new RevocationEntry.Family(session, RevocationReason.Logout, s_now.AddMinutes(2)), kept);
        Assert.Equal(new RevocationEntry.Family(session, RevocationReason.Administrator, s_now.AddMinutes(3)), Assert.Single(marks.All()));
        Assert.Equal(1, marks.Count);
    }

    [Fact]
    public void What_has_ended_is_forgotten_and_the_rest_kept()
    {
        var marks = new FamilyMarks();
        List<SessionId> ended = [.. Enumerable.Range(0, 500).Select(_ => NewSession())];
        List<SessionId> lasting = [.. Enumerable.Range(0, 500).Select(_ => NewSession())];
        ended.ForEach(session => marks.Add(session, RevocationReason.Logout, s_now));
        lasting.ForEach(session => marks.Add(session, RevocationReason.Logout, s_now.AddMinutes(1)));

        marks.Prune(s_now);
        var before = marks.Count;
        marks.Prune(s_now.AddSeconds(1));

        Assert.Equal((1000, 500), (before, marks.Count));
        Assert.All(ended, session => Assert.False(marks.Contains(session)));
        Assert.All(lasting, session => Assert.True(marks.Contains(session)));
        marks.Prune(s_now.AddHours(1));
        Assert.Equal(0, marks.Count);
        Assert.Empty(marks.All());
    }

    [Fact]
    public void Families_that_fall_on_one_place_are_told_apart()
    {
        var marks = new FamilyMarks();
        List<SessionId> crowded = [.. Enumerable.Range(1, 200).Select(number => new SessionId(s_user, new FamilyId(new UInt128((ulong)number, ulong.MaxValue))))];

        crowded.ForEach(session => marks.Add(session, RevocationReason.Logout, s_now));

        Assert.All(crowded, session => Assert.True(marks.Contains(session)));
        Assert.False(marks.Contains(new SessionId(s_user, new FamilyId(new UInt128(201, ulong.MaxValue)))));
    }

    [Fact]
    public async Task Readers_never_miss_what_was_there_while_it_grows_and_shrinks()
    {
        var marks = new FamilyMarks();
        List<SessionId> lasting = [.. Enumerable.Range(0, 100).Select(_ => NewSession())];
        lasting.ForEach(session => marks.Add(session, RevocationReason.Logout, s_now.AddHours(1)));
        var strangers = Enumerable.Range(0, 100).Select(_ => NewSession()).ToList();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var rounds = 0;
            do
            {
                Assert.All(lasting, session => Assert.True(marks.Contains(session)));
                Assert.All(strangers, session => Assert.False(marks.Contains(session)));
                rounds++;
            }
            while (!stop.IsCancellationRequested);
            return rounds;
        })).ToList();

        for (var round = 0; round < 20; round++)
        {
            for (var number = 0; number < 2_000; number++)
            {
                marks.Add(NewSession(), RevocationReason.Logout, s_now);
            }

            marks.Prune(s_now.AddMinutes(1));
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), rounds => Assert.True(rounds > 0));
        Assert.Equal(lasting.Count, marks.Count);
    }

    private static SessionId NewSession() => new(s_user, FamilyId.New());
}
