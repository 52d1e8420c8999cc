using System.Runtime.CompilerServices;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

/// <content>The log of the model: followed by asking again and again.</content>
internal sealed partial class ModelStore : IRevocationFeed
{
    public string Source => "model";

    public Task<Killed> AppendAsync(IReadOnlyList<RevocationEntry> entries, CancellationToken cancellationToken) => Step(default, () =>
    {
        var written = new List<RevocationEntry>();
        var (died, apiDied) = (0, 0);
        var longest = Until + TimeSpan.FromSeconds(90);
        foreach (var entry in entries.Select(entry => entry.Until < longest ? entry : entry with { Until = longest }).Where(entry => !IsInEffect(entry)))
        {
            died += Died(entry);
            apiDied += ApiTokensDied(entry);
            written.Add(Apply(entry.Until == DateTimeOffset.MinValue ? entry with { Until = Until } : entry));
        }

        return new Killed(died, apiDied, written);
    });

    public Task<LogCursor> RaiseEpochAsync(long from, CancellationToken cancellationToken) => Step(default, () =>
    {
        _epoch += from == _epoch ? 1 : 0;
        return Tail;
    });

    public Task<LogCursor> DisownAsync(long from, long highestKnown, CancellationToken cancellationToken) => Step(default, () =>
    {
        if (from == _epoch)
        {
            RaiseAll(highestKnown, RevocationReason.StoreLoss);
            _epoch++;
        }

        return Tail;
    });

    public Task<bool> HasLostAsync(LogCursor seen, CancellationToken cancellationToken) => Step(default, () => !seen.IsWithin(Tail));

    public async ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken) => await Step(default, () =>
    {
        if (after?.IsWithin(Tail) is true)
        {
            return new RevocationPage(_log[(int)after.Positions[0].Major..], Tail, TimeSpan.Zero, _retention, IsSnapshot: false);
        }

        var all = _log.FindLast(entry => entry is RevocationEntry.All { } all && all.MinGeneration == _all);
        List<RevocationEntry> inForce = [.. _log.Where(entry => entry is not RevocationEntry.All && entry.Until >= Now)];
        if (all is not null)
        {
            inForce.Add(all with { Until = Until });
        }

        return new RevocationPage(inForce, Tail, TimeSpan.Zero, _retention, IsSnapshot: true);
    });

    public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await ReadAsync(after, null, cancellationToken);
            after = page.Cursor;
            yield return page;
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }

    private bool IsInEffect(RevocationEntry entry) => entry switch
    {
        RevocationEntry.Family family => IsLogged<RevocationEntry.Family>(entry, held => held.Session == family.Session),
        RevocationEntry.Token token => IsLogged<RevocationEntry.Token>(entry, held => held.Jti == token.Jti),
        RevocationEntry.Key key => IsLogged<RevocationEntry.Key>(entry, held => held.KeyId == key.KeyId),
        RevocationEntry.User user => UserFloors.All(_all).Covers(user.Floors)
            || IsLogged<RevocationEntry.User>(entry, held => held.UserKey == user.UserKey && held.Floors.Covers(user.Floors)),
        RevocationEntry.All all => all.MinGeneration <= _all,
        _ => throw new ArgumentOutOfRangeException(nameof(entry)),
    };

    /// <summary>An entry without an end asks for the usual one: any that is still in force will do.</summary>
    private bool IsLogged<T>(RevocationEntry entry, Func<T, bool> matches)
        where T : RevocationEntry
        => _log.OfType<T>().Any(held => matches(held) && held.Until >= Now && held.Until >= entry.Until);

    private int Died(RevocationEntry entry) => entry switch
    {
        RevocationEntry.Family family => LivingOf(family.Session.User, FloorsOf(family.Session.User, default)).Count(living => living.Session == family.Session),
        RevocationEntry.User user => LivingOf(user.UserKey, FloorsOf(user.UserKey, default)).Count(family => family.Birth < user.Floors.Floor),
        _ => 0,
    };

    private int ApiTokensDied(RevocationEntry entry) => entry switch
    {
        RevocationEntry.Token token when ApiTokenId.TryParse(token.Jti, out var id) => LivingApiTokensOf(id.User, FloorsOf(id.User, default)).Count(living => living.Id == id),
        RevocationEntry.User user => LivingApiTokensOf(user.UserKey, FloorsOf(user.UserKey, default)).Count(token => token.Birth < user.Floors.ApiFloor),
        _ => 0,
    };

    private RevocationEntry Apply(RevocationEntry entry)
    {
        switch (entry)
        {
            case RevocationEntry.Family family:
                _families.Remove(family.Session);
                return Write(entry);
            case RevocationEntry.User user:
                return Raise(user.UserKey, user.Subject, FloorsOf(user.UserKey, user.Floors), user.Reason, user.Until);
            case RevocationEntry.All all:
                _all = all.MinGeneration;
                return Write(entry);
            case RevocationEntry.Token token when ApiTokenId.TryParse(token.Jti, out var id):
                _apiTokens.Remove(id);
                return Write(entry);
            default:
                return Write(entry);
        }
    }
}
