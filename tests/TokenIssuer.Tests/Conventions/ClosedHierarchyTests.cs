using System.Reflection;
using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Authority;
using TokenIssuer.Tests.Families;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Revocation;

namespace TokenIssuer.Tests.Conventions;

/// <summary>The compiler can't prove that a switch over a hierarchy names every case: so each case is fed through.</summary>
public sealed class ClosedHierarchyTests
{
    private static IEnumerable<Type> Hierarchies => Assemblies()
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => type is { IsClass: true, IsAbstract: true, IsSealed: false } && CasesOf(type).Any());

    [Fact]
    public void Outcomes_have_all_their_cases_inside_and_let_nobody_add_one()
    {
        Assert.True(Hierarchies.Count() > 8);
        Assert.All(Hierarchies, hierarchy =>
        {
            var derived = Assemblies().SelectMany(assembly => assembly.GetTypes()).Where(type => type.BaseType == hierarchy).ToList();
            Assert.All(derived, type => Assert.True(type.DeclaringType == hierarchy && type.IsSealed, $"{type.FullName} is an open case."));
            Assert.All(
                hierarchy.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic),
                constructor => Assert.False(constructor.IsPublic && hierarchy.IsPublic, $"{hierarchy.FullName} can be extended from outside."));
        });
    }

    [Fact]
    public async Task Every_verdict_of_the_store_has_an_answer()
    {
        await using var issuer = await Issuer.StartAsync();
        var token = (await issuer.LogInAsync()).RefreshToken;
        foreach (var verdict in Enum.GetValues<RotationVerdict>())
        {
            var store = Substitute.For<ITokenFamilyStore>();
            var family = verdict == RotationVerdict.Missing ? null : Sample.Family with { Grant = Sample.Family.Grant with { Subject = issuer.Directory.SubjectOf("alice") } };
            store.RotateAsync(default!, default, default).ReturnsForAnyArgs(new Rotation(verdict, family, 1, issuer.Clock.Now, []));

            var outcome = await issuer.AuthorityOn(store).RefreshAsync(token, Issuer.Request, null, CancellationToken.None);

            Assert.Equal(ExpectedFor(verdict), outcome.GetType());
        }
    }

    [Fact]
    public void Every_kind_of_entry_is_merged_held_written_and_read()
    {
        Assert.Equal(CasesOf(typeof(RevocationEntry)).ToHashSet(), Entries.OfEveryKind.Select(entry => entry.GetType()).ToHashSet());
        var denylist = new Denylist(new ManualClock());

        denylist.Merge([.. Entries.OfEveryKind], TimeSpan.FromDays(3650));

        Assert.Equal(Entries.OfEveryKind.Select(Mark).ToHashSet(), denylist.Held().Select(Mark).ToHashSet());
        Assert.All(Entries.OfEveryKind, entry => Assert.Equal(entry, RevocationItem.Of(entry).ToEntry()));
    }

    private static Type ExpectedFor(RotationVerdict verdict) => verdict switch
    {
        RotationVerdict.Rotated or RotationVerdict.RolledBack or RotationVerdict.ReplayedConcurrent or RotationVerdict.ReplayedLost => typeof(RefreshOutcome.Refreshed),
        RotationVerdict.Reused => typeof(RefreshOutcome.Reused),
        RotationVerdict.WiderScope => typeof(RefreshOutcome.InvalidScope),
        _ => typeof(RefreshOutcome.InvalidGrant),
    };

    private static string Mark(RevocationEntry entry) => (entry with { Id = string.Empty }).ToString();

    private static IEnumerable<Type> CasesOf(Type type)
        => type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Where(nested => nested.BaseType == type);

    private static IEnumerable<Assembly> Assemblies()
        => new[] { "TokenIssuer", "TokenIssuer.AspNetCore", "TokenIssuer.Redis", "TokenIssuer.Server", "TokenIssuer.Sqlite", "TokenIssuer.Validation" }.Select(Assembly.Load);
}
