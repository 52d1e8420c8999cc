namespace TokenIssuer.Tests.Validation.Surfaces;

/// <summary>One way into an application, held open with a token.</summary>
internal abstract class Surface : IAsyncDisposable
{
    /// <summary>Asks for a sign of life.</summary>
    /// <returns>False when the surface was closed or the token is refused.</returns>
    public abstract Task<bool> AnswersAsync(CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
