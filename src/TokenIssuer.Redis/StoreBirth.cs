using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Redis.Connections;
using TokenIssuer.Redis.Scripts;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis;

/// <summary>
/// Sees to it that there is one store, of which every partition is a part, however many issuers start at once and whatever
/// Redis has lost. The global log is born first and alone decides which store it is; the partitions join it.
/// </summary>
internal sealed class StoreBirth(
    RedisConnection connection,
    RedisSteps steps,
    Denylist denylist,
    IOptions<TokenIssuerOptions> options,
    ILogger<StoreBirth> logger) : IHostedService
{
    private Seen? _seen;

    public RedisKeys Keys => steps.Keys;

    /// <summary>A store of another shape stops the start; a Redis that is silent does not.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (connection.Number > 0)
        {
            try
            {
                await EnsureAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (TokenStoreUnavailableException failure) when (failure is not RedisUnsuitableException)
            {
                // The follower tries again.
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Once for each connection, which may lead to another Redis, and again whenever a reply said that there is no store.</summary>
    public Task EnsureOnceAsync(CancellationToken cancellationToken)
        => Volatile.Read(ref _seen) == See() ? Task.CompletedTask : EnsureAsync(cancellationToken);

    /// <summary>Whether the store is there and can be written to, by writing what is there already.</summary>
    /// <exception cref="TokenStoreUnavailableException">It can't be, or is not the one this issuer is set up for.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await EnsureOnceAsync(cancellationToken).ConfigureAwait(false);
        var keys = steps.Keys;
        var reply = await steps.SendAsync(
            Script.RaiseState, keys.Global, [keys.State(keys.Global)], [string.Empty, 0, 0], cancellationToken).ConfigureAwait(false);
        ThrowUnlessDone(reply);
        ThrowUnlessFits((int)reply.Values[4]);
    }

    /// <param name="partitions">Over how many the data are spread.</param>
    /// <exception cref="RedisUnsuitableException">This issuer is set to another number.</exception>
    public void ThrowUnlessFits(int partitions)
    {
        if (partitions != steps.Keys.Partitions)
        {
            throw new RedisUnsuitableException(
                $"The data in Redis were written with {partitions} partitions, and this issuer is set to {steps.Keys.Partitions}: add partitions={partitions} to ConnectionStrings:Redis.");
        }
    }

    /// <exception cref="RedisUnsuitableException">The data were written with another number of partitions.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var seen = See();
        var keys = steps.Keys;

        // Also tells the time of every node, before anything is decided by it.
        await FindStrangersAsync(string.Empty, cancellationToken).ConfigureAwait(false);
        var (id, epoch, all, partitions, isComplete) = await CreateAsync(cancellationToken).ConfigureAwait(false);
        ThrowUnlessFits(partitions);
        var strangers = await FindStrangersAsync(id, cancellationToken).ConfigureAwait(false);
        if (strangers.Count > 0 && isComplete)
        {
            (all, epoch) = await AnswerPartitionLossAsync(id, epoch, strangers, cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(strangers.Select(log => JoinAsync(log, id, epoch, all, cancellationToken))).ConfigureAwait(false);
        if (!isComplete)
        {
            await steps.SendAsync(Script.CompleteStore, keys.Global, [keys.State(keys.Global)], [id], cancellationToken).ConfigureAwait(false);
            logger.StoreBorn(id, partitions);
        }

        Volatile.Write(ref _seen, seen);
    }

    /// <summary>Raises <c>all</c> and the epoch wherever they are lower.</summary>
    /// <exception cref="TokenStoreLossException">Not everywhere: a part of the store is gone.</exception>
    public Task RaiseAsync(string storeId, long all, long epoch, CancellationToken cancellationToken)
        => RaiseAsync(Enumerable.Range(0, steps.Keys.Partitions + 1), storeId, all, epoch, cancellationToken);

    private async Task RaiseAsync(IEnumerable<int> logs, string storeId, long all, long epoch, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(logs.Select(log => steps.SendAsync(
            Script.RaiseState, log, [steps.Keys.State(log)], [storeId, RedisSteps.Number(all), RedisSteps.Number(epoch)], cancellationToken))).ConfigureAwait(false);
        Array.ForEach(replies, ThrowUnlessDone);
    }

    private static void ThrowUnlessDone(StepReply reply)
    {
        if (reply.Code != StepCode.Done)
        {
            throw new TokenStoreLossException("Redis has lost its token store, or a part of it; it is made anew.");
        }
    }

    private Seen See() => new(connection.Number, steps.Disappearances);

    private async Task<(string Id, long Epoch, long All, int Partitions, bool IsComplete)> CreateAsync(CancellationToken cancellationToken)
    {
        var keys = steps.Keys;
        steps.ThrowIfClocksApart(keys.Global);
        var reply = await steps.SendAsync(
            Script.CreateStore,
            keys.Global,
            [keys.State(keys.Global), keys.Stream(keys.Global)],
            [
                RedisSteps.Milliseconds(steps.Layout.ClockOf(keys.Global).Now),
                Identifier128.ToBase64Url(Identifier128.Read(RandomNumberGenerator.GetBytes(Identifier128.Size))),
                RedisSteps.Number(keys.Partitions),
                RedisSteps.Number(denylist.HighestGeneration),
                RedisSteps.Milliseconds(options.Value.Retention),
                RedisSteps.Number((int)RevocationReason.StoreBirth),
                keys.Doorbell(keys.Global),
            ],
            cancellationToken).ConfigureAwait(false);
        var values = reply.Values;
        return ((string)values[2], (long)values[3], (long)values[4], (int)values[5], (int)values[6] == 1);
    }

    /// <summary>The partitions that are not, or not any more, part of the store.</summary>
    private async Task<List<int>> FindStrangersAsync(string storeId, CancellationToken cancellationToken)
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, steps.Keys.Partitions).Select(log => steps.SendAsync(
            Script.JoinPartition, log, [steps.Keys.State(log)], [storeId, 0, 0, RedisSteps.Milliseconds(options.Value.Retention), 0], cancellationToken))).ConfigureAwait(false);
        return [.. replies.Index().Where(reply => (int)reply.Item.Values[2] == 1).Select(reply => reply.Index)];
    }

    private Task<StepReply> JoinAsync(int log, string storeId, long epoch, long all, CancellationToken cancellationToken) => steps.SendAsync(
        Script.JoinPartition,
        log,
        [steps.Keys.State(log)],
        [storeId, RedisSteps.Number(epoch), RedisSteps.Number(all), RedisSteps.Milliseconds(options.Value.Retention), 1],
        cancellationToken);

    /// <summary>A node came back empty: nobody can tell what was revoked there, so everything is. Of many issuers one does it.</summary>
    private async Task<(long All, long Epoch)> AnswerPartitionLossAsync(
        string storeId, long epoch, List<int> lost, CancellationToken cancellationToken)
    {
        foreach (var partition in lost)
        {
            logger.PartitionLost(storeId, partition);
        }

        var keys = steps.Keys;
        var reply = await steps.RunAsync(
            Script.RevokeAll, keys.Global, [keys.Marks], null, StepDeadline.Caller,
            _ => [RedisSteps.Number(denylist.HighestGeneration), (int)RevocationReason.StoreLoss, RedisSteps.Number(epoch)],
            cancellationToken).ConfigureAwait(false);
        var (all, raised) = ((long)reply.Values[4], (long)reply.Values[5]);
        await RaiseAsync(Enumerable.Range(0, keys.Partitions + 1).Except(lost), storeId, all, raised, cancellationToken).ConfigureAwait(false);
        return (all, raised);
    }

    private sealed record Seen(int Connection, int Disappearances);
}
