using Microsoft.Extensions.Logging;
using TokenIssuer.Diagnostics;

namespace TokenIssuer.Revocation;

/// <summary>
/// Remembers, outside the store, which store this issuer has seen and up to where. A restored backup is behind its
/// witness and is answered by killing everything it holds.
/// </summary>
/// <remarks>Written at most once a second and at stop, so kills acknowledged in the last second before everybody forgets are not covered.</remarks>
internal sealed class StoreWitness(string path, TimeProvider clock, ILogger<StoreWitness> logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private LogCursor? _noted;
    private LogCursor? _written;
    private long _writtenAt;

    /// <summary>The cursor last witnessed; null when there is no witness or it can't be read.</summary>
    public LogCursor? Read()
    {
        try
        {
            return File.Exists(path)
                ? LogCursor.Parse(File.ReadAllText(path).Trim()) ?? throw new FormatException("The witness holds no cursor.")
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            logger.WitnessUnreadable(path, failure);
            return null;
        }
    }

    /// <summary>Remembers a cursor, now or within the next second.</summary>
    public async Task NoteAsync(LogCursor cursor, CancellationToken cancellationToken)
    {
        _noted = cursor;
        if (_written is null || (!cursor.Equals(_written) && clock.GetElapsedTime(_writtenAt) >= s_interval))
        {
            await WriteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await WriteAsync(CancellationToken.None).ConfigureAwait(false);
        _writing.Dispose();
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_noted is { } cursor && !cursor.Equals(_written))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
                var next = $"{path}.{Environment.ProcessId}.tmp";
                await WriteOwnerOnlyAsync(next, cursor.ToString(), cancellationToken).ConfigureAwait(false);
                File.Move(next, path, overwrite: true);
                _written = cursor;
                _writtenAt = clock.GetTimestamp();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            logger.WitnessUnwritable(path, failure);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static async Task WriteOwnerOnlyAsync(string file, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var writer = new StreamWriter(new FileStream(file, options));
        await using (writer.ConfigureAwait(false))
        {
            await writer.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }
}
