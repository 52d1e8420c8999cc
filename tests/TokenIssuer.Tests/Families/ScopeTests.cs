using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class ScopeTests
{
    [Theory]
    [InlineData("b a", "a b")]
    [InlineData("a  b", "a b")]
    [InlineData(" a ", "a")]
    [InlineData("a a a", "a")]
    [InlineData("notes:read !#[]~", "!#[]~ notes:read")]
    public void A_list_is_read_as_a_sorted_set(string text, string expected)
    {
        var isRead = Scope.TryParse(text, out var scope);

        Assert.True(isRead);
        Assert.Equal(expected, scope.ToString());
        Assert.Equal(expected.Split(' '), scope.Names);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("    ")]
    public void An_empty_list_is_no_scope(string? text)
    {
        var isRead = Scope.TryParse(text, out var scope);

        Assert.True(isRead);
        Assert.Equal(Scope.None, scope);
        Assert.Empty(scope.Names);
    }

    [Fact]
    public void The_set_of_no_names_is_no_scope() => Assert.Equal(Scope.None, Scope.Of([]));

    [Theory]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\tb")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("ä")]
    [InlineData("a\u00A0b")]
    [InlineData("a\u007F")]
    public void A_character_outside_the_grammar_is_refused(string text)
    {
        var isRead = Scope.TryParse(text, out var scope);

        Assert.False(isRead);
        Assert.Equal(Scope.None, scope);
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_list_has_at_most_1024_characters(int length, bool isRead)
        => Assert.Equal(isRead, Scope.TryParse(new string('a', length), out _));

    [Fact]
    public void A_set_covers_its_subsets_and_nothing_else()
    {
        var granted = Scope.Of(["a", "b", "c"]);

        Assert.True(granted.Covers(granted));
        Assert.True(granted.Covers(Scope.Of(["c", "a"])));
        Assert.True(granted.Covers(Scope.None));
        Assert.False(granted.Covers(Scope.Of(["a", "d"])));
        Assert.False(granted.Covers(Scope.Of(["A"])));
        Assert.False(Scope.None.Covers(Scope.Of(["a"])));
    }

    [Fact]
    public void A_name_is_contained_whole_or_not_at_all()
    {
        var scope = Scope.Of(["notes:read"]);

        Assert.True(scope.Contains("notes:read"));
        Assert.False(scope.Contains("notes"));
        Assert.False(scope.Contains(""));
    }
}
