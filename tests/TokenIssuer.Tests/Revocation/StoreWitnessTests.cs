using Microsoft.Extensions.Logging;
using NSubstitute;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Revocation;

public sealed class StoreWitnessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly ILogger<StoreWitness> _logger = Substitute.For<ILogger<StoreWitness>>();

    public StoreWitnessTests() => _logger.IsEnabled(default).ReturnsForAnyArgs(true);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Where_nothing_was_written_nothing_is_witnessed()
    {
        Assert.Null(New("absent/witness").Read());
        AssertLogged(times: 0);
    }

    [Fact]
    public async Task The_first_cursor_is_written_at_once_and_reads_back()
    {
        var witness = New("folder/witness");

        await witness.NoteAsync(At(1), Cancelled);

        Assert.Equal(At(1), New("folder/witness").Read());
        Assert.Equal(["witness"], Directory.GetFiles(_folder.PathOf("folder")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task It_is_written_at_most_once_a_second_and_at_the_end()
    {
        var witness = New("witness");
        await witness.NoteAsync(At(1), Cancelled);

        _clock.Advance(TimeSpan.FromMilliseconds(999));
        await witness.NoteAsync(At(2), Cancelled);
        Assert.Equal(At(1), New("witness").Read());

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await witness.NoteAsync(At(3), Cancelled);
        Assert.Equal(At(3), New("witness").Read());

        await witness.NoteAsync(At(4), Cancelled);
        await witness.DisposeAsync();
        Assert.Equal(At(4), New("witness").Read());
    }

    [Fact]
    public async Task What_came_within_the_second_is_written_with_the_next_page_that_says_the_same()
    {
        var witness = New("witness");
        await witness.NoteAsync(At(1), Cancelled);
        await witness.NoteAsync(At(2), Cancelled);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await witness.NoteAsync(At(2), Cancelled);

        Assert.Equal(At(2), New("witness").Read());
    }

    [Fact]
    public async Task A_higher_generation_is_written_even_where_the_log_has_not_moved()
    {
        var witness = New("witness");
        await witness.NoteAsync(At(1), Cancelled);

        _clock.Advance(TimeSpan.FromSeconds(1));
        await witness.NoteAsync(At(1) with { HighestGeneration = 99 }, Cancelled);

        Assert.Equal(At(1) with { HighestGeneration = 99 }, New("witness").Read());
    }

    [Fact]
    public async Task What_an_earlier_version_wrote_is_a_cursor_alone()
    {
        await File.WriteAllTextAsync(_folder.PathOf("witness"), "store.1.7", Cancelled);

        Assert.Equal(At(7) with { HighestGeneration = 0 }, New("witness").Read());
        AssertLogged(times: 0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("store.1.7\ngarbage")]
    [InlineData("store.1.7\n-1")]
    [InlineData("store.1.7\n1\n2")]
    public async Task A_witness_that_cannot_be_read_is_reported_and_replaced(string content)
    {
        await File.WriteAllTextAsync(_folder.PathOf("witness"), content, Cancelled);
        var witness = New("witness");

        Assert.Null(witness.Read());
        AssertLogged(times: 1);

        await witness.NoteAsync(At(1), Cancelled);
        Assert.Equal(At(1), witness.Read());
    }

    [Theory]
    [InlineData("file/witness")]
    [InlineData("folder")]
    public async Task A_witness_that_cannot_be_written_is_reported_and_stops_nobody(string path)
    {
        await File.WriteAllTextAsync(_folder.PathOf("file"), "in the way", Cancelled);
        Directory.CreateDirectory(_folder.PathOf("folder/in-the-way"));
        var witness = New(path);

        await witness.NoteAsync(At(1), Cancelled);

        AssertLogged(times: 1);
        Assert.Null(witness.Read());
    }

    public void Dispose() => _folder.Dispose();

    private static Sighting At(long position) => new(new LogCursor("store", 1, [new LogPosition(position)]), HighestGeneration: 40 + position);

    private StoreWitness New(string name) => new(_folder.PathOf(name), _clock, _logger);

    private void AssertLogged(int times) => _logger.ReceivedWithAnyArgs(times).Log<object>(LogLevel.Error, default, default!, default, default!);
}
