using System.Collections.Concurrent;

namespace NotesApi;

/// <summary>Everybody's notes, in memory.</summary>
internal sealed class Notes(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Note>> _notes = new(StringComparer.Ordinal);

    public IReadOnlyList<Note> Of(string user) => _notes.TryGetValue(user, out var notes) ? [.. notes] : [];

    public Note Add(string user, string text)
    {
        var notes = _notes.GetOrAdd(user, _ => new());
        var note = new Note(notes.Count + 1, text, clock.GetUtcNow());
        notes.Enqueue(note);
        return note;
    }
}

/// <summary>One note.</summary>
internal sealed record Note(int Id, string Text, DateTimeOffset CreatedAt);

/// <summary>What a client sends to make one.</summary>
internal sealed record NewNote(string? Text);
