namespace TokenIssuer.Validation.Keys;

/// <summary>
/// A reading that all who ask for it at once share, and that is made no more often than <paramref name="pause"/> allows:
/// strangers who make up key ids must not make us work.
/// </summary>
internal sealed class SharedReading(TimeSpan pause, TimeProvider clock)
{
    private readonly Lock _starting = new();
    private Task<bool>? _last;
    private long _startedAt;

    /// <summary>Reads again, unless that is under way or was just done.</summary>
    /// <returns>Whether the last reading succeeded.</returns>
    public Task<bool> AgainAsync(Func<Task<bool>> read)
    {
        lock (_starting)
        {
            var isDue = _last is null || (_last.IsCompleted && clock.GetElapsedTime(_startedAt) >= pause);
            if (isDue)
            {
                _startedAt = clock.GetTimestamp();
                _last = read();
            }

            return _last ?? Task.FromResult(false);
        }
    }
}
