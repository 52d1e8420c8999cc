using TokenIssuer.Signing;

namespace TokenIssuer.Tests.Signing;

public sealed class KeyDirectoryTests : IDisposable
{
    private readonly KeyFolder _folder = new();

    [Fact]
    public void A_folder_that_is_not_there_holds_nothing()
        => Assert.Empty(new KeyDirectory(_folder.PathOf("absent"), _folder.Clock).List(".pem"));

    [Fact]
    public void Folder_and_file_are_for_their_owner_alone()
    {
        var directory = new KeyDirectory(_folder.PathOf("new"), _folder.Clock);

        Assert.True(directory.TryCreate("signing-1.pem", "content"));

        Assert.True(OperatingSystem.IsWindows()
            || File.GetUnixFileMode(_folder.PathOf("new")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.True(OperatingSystem.IsWindows()
            || File.GetUnixFileMode(_folder.PathOf("new/signing-1.pem")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void A_file_that_is_there_is_never_overwritten_and_no_draft_is_left()
    {
        var directory = new KeyDirectory(_folder.FullPath, _folder.Clock);

        Assert.True(directory.TryCreate("signing-1.pem", "first"));
        Assert.False(directory.TryCreate("signing-1.pem", "second"));

        Assert.Equal("first", File.ReadAllText(_folder.PathOf("signing-1.pem")));
        Assert.Equal(["signing-1.pem"], _folder.Files);
    }

    [Fact]
    public async Task Of_many_that_create_one_name_at_once_one_succeeds_and_all_read_it()
    {
        for (var round = 0; round < 50; round++)
        {
            var (name, start) = ($"signing-{round}.pem", new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var creators = Enumerable.Range(0, 8).Select(async number =>
            {
                await start.Task;
                var directory = new KeyDirectory(_folder.FullPath, _folder.Clock);
                return (IsCreator: directory.TryCreate(name, $"{number}"), Content: File.ReadAllText(_folder.PathOf(name)), number);
            }).ToList();

            start.SetResult();
            var outcomes = await Task.WhenAll(creators);

            var winner = Assert.Single(outcomes, outcome => outcome.IsCreator);
            Assert.All(outcomes, outcome => Assert.Equal($"{winner.number}", outcome.Content));
        }
    }

    [Fact]
    public void Files_are_listed_by_number_and_dated_by_the_issuers_clock()
    {
        var directory = new KeyDirectory(_folder.FullPath, _folder.Clock);
        foreach (var name in new[] { "signing-10.pem", "signing-9.pem", "b.pem", "a.pem", "refresh-1.key", "notes.txt" })
        {
            directory.TryCreate(name, name);
        }

        var files = directory.List(".pem");

        Assert.Equal(["a.pem", "b.pem", "signing-9.pem", "signing-10.pem"], files.Select(file => Path.GetFileName(file.Path)));
        Assert.Equal([0, 0, 9, 10], files.Select(file => file.Number));
        Assert.All(files, file => Assert.Equal(_folder.Clock.Now, file.CreatedAt));
    }

    public void Dispose() => _folder.Dispose();
}
