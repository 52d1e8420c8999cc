using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class SubjectTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void It_has_1_to_255_characters(int length) => Assert.Equal(length, new Subject(new string('x', length)).Value.Length);

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public void Other_lengths_are_refused(int length) => Assert.Throws<ArgumentException>(() => new Subject(new string('x', length)));

    [Fact]
    public void It_is_compared_ordinally()
    {
        Assert.Equal(new Subject("alice"), new Subject("alice"));
        Assert.NotEqual(new Subject("alice"), new Subject("Alice"));
        Assert.NotEqual(new Subject("e\u0301"), new Subject("\u00E9"));
    }

    [Fact]
    public void One_that_was_never_set_is_nobody() => Assert.Throws<InvalidOperationException>(() => default(Subject).Value);

    [Fact]
    public void A_client_acts_under_a_name_of_its_own() => Assert.Equal("client:notes-api", Subject.OfClient("notes-api").Value);
}
