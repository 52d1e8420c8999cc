using Microsoft.Extensions.Logging;
using TokenIssuer.Diagnostics;

namespace TokenIssuer.Revocation;

/// <summary>
/// Remembers, outside the store, which store this issuer has seen, up to where, and the highest generation. A restored backup
/// is behind its witness and is answered by killing everything it holds; a store that takes the place of another is raised above it.
/// </summary>
/// <remarks>Written at most once a second and at stop, so kills acknowledged in the last second before everybody forgets are not covered.</remarks>
internal sealed class StoreWitness(string path, TimeProvider clock, ILogger<StoreWitness> logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writing = new(1, 1);
    private Sighting? _noted;
    private Sighting? _written;
    private long _writtenAt;

    /// <summary>What was last witnessed; null when there is no witness or it can't be read.</summary>
    public Sighting? Read()
    {
        try
        {
            return File.Exists(path)
                ? Sighting.Parse(File.ReadAllText(path)) ?? throw new FormatException("The witness holds no cursor.")
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            logger.WitnessUnreadable(path, failure);
            return null;
        }
    }

    /// <summary>Remembers what was seen, now or within the next second.</summary>
    public async Task NoteAsync(Sighting sighting, CancellationToken cancellationToken)
    {
        _noted = sighting;
        if (_written is null || (sighting != _written && clock.GetElapsedTime(_writtenAt) >= s_interval))
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
            if (_noted is { } sighting && sighting != _written)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
                var next = $"{path}.{Environment.ProcessId}.tmp";
                await WriteOwnerOnlyAsync(next, sighting.ToString(), cancellationToken).ConfigureAwait(false);
                File.Move(next, path, overwrite: true);
                _written = sighting;
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
