using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

/// <content>What no issuer does to a store: a restored backup, another store in its place, families that nobody started.</content>
internal sealed partial class ModelStore
{
    public Backup TakeBackup()
    {
        lock (_gate)
        {
            return new Backup([.. _users], [.. _families], [.. _apiTokens], [.. _log], _storeId, _epoch, _all);
        }
    }

    public void Copy(TokenFamily family, IReadOnlyList<SessionId> copies)
    {
        lock (_gate)
        {
            foreach (var copy in copies)
            {
                _families.Add(copy, family with { Session = copy });
            }
        }
    }

    public void Restore(Backup backup)
    {
        lock (_gate)
        {
            (_storeId, _epoch, _all) = (backup.StoreId, backup.Epoch, backup.All);
            Refill(_users, backup.Users);
            Refill(_families, backup.Families);
            Refill(_apiTokens, backup.ApiTokens);
            _log.Clear();
            _log.AddRange(backup.Log);
        }
    }

    /// <summary>Another store is born in the place of this one.</summary>
    public void Replace()
    {
        lock (_gate)
        {
            Restore(new Backup([], [], [], [], FamilyId.New().ToString(), Epoch: 1, All: 0));
            RaiseAll(0, RevocationReason.StoreBirth);
        }
    }

    private static void Refill<TKey, TValue>(Dictionary<TKey, TValue> records, IReadOnlyList<KeyValuePair<TKey, TValue>> backup)
        where TKey : notnull
    {
        records.Clear();
        foreach (var (key, value) in backup)
        {
            records.Add(key, value);
        }
    }

    internal sealed record Backup(
        IReadOnlyList<KeyValuePair<UserKey, (Subject Subject, UserFloors Floors)>> Users,
        IReadOnlyList<KeyValuePair<SessionId, TokenFamily>> Families,
        IReadOnlyList<KeyValuePair<ApiTokenId, ApiTokenRecord>> ApiTokens,
        IReadOnlyList<RevocationEntry> Log,
        string StoreId,
        long Epoch,
        long All);
}
