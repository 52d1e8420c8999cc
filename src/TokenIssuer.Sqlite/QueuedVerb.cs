namespace TokenIssuer.Sqlite;

/// <summary>A verb waiting for the writer. Either it runs, or its caller gives up first; never both.</summary>
internal abstract class QueuedVerb
{
    private const int Waiting = 0;
    private const int Running = 1;
    private const int GivenUp = 2;

    private int _state;

    /// <summary>Claims the verb for the writer.</summary>
    /// <returns>False when nobody waits for it any more: it must not run.</returns>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Running, Waiting) == Waiting;

    /// <summary>Tells the writer that the caller left. A verb that has begun is not undone by it.</summary>
    public void GiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Waiting);

    /// <summary>Runs the verb and keeps its outcome until the transaction has ended.</summary>
    public abstract void Run(StoreStep step);

    /// <summary>Answers the caller: what was done is durable now.</summary>
    public abstract void Complete();

    /// <summary>Answers the caller that nothing was done, or that nobody knows.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A verb with its arguments, kept apart so that no closure is allocated for them.</summary>
internal sealed class QueuedVerb<TArguments, TOutcome>(TArguments arguments, Func<StoreStep, TArguments, TOutcome> verb) : QueuedVerb
    where TOutcome : notnull
{
    // Callers must not run on the thread that writes.
    private readonly TaskCompletionSource<TOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TOutcome? _outcome;

    public Task<TOutcome> Answer => _answer.Task;

    public override void Run(StoreStep step) => _outcome = verb(step, arguments);

    public override void Complete()
    {
        if (_outcome is not null)
        {
            _answer.TrySetResult(_outcome);
        }
    }

    public override void Fail(Exception failure)
    {
        _answer.TrySetException(failure);

        // A caller that gave up will not look at it.
        _ = _answer.Task.Exception;
    }
}
