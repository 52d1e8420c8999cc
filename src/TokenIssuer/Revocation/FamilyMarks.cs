using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>
/// The ended families of a replica: most of its entries, and what every request looks up. Reads take no lock and allocate
/// nothing; writers take turns.
/// </summary>
/// <remarks>
/// Open addressing. A place that was taken keeps its family until the whole table is replaced, and its mark is written after
/// the family and read before it: a reader sees an entry whole or not at all. Places are found by the family id, which the
/// issuer drew at random, so nobody can choose where an entry lies. 40 bytes a place, at most four in five taken.
/// </remarks>
internal sealed class FamilyMarks
{
    private const int Smallest = 16;
    private const int ReasonBits = 8;

    private Table _table = new(Smallest);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool Contains(in SessionId session) => Volatile.Read(ref _table).Find(session, out _);

    /// <summary>Makes room for so many in all, instead of growing step by step.</summary>
    public void Reserve(int count) => Grow(count);

    /// <summary>Lists a family until then; what is listed longer stays so.</summary>
    public void Add(in SessionId session, RevocationReason reason, DateTimeOffset until)
    {
        var mark = (until.ToUnixTimeMilliseconds() << ReasonBits) | (byte)reason;
        if (_table.Find(session, out var place))
        {
            _table.Raise(place, mark);
            return;
        }

        if (Grow(_count + 1))
        {
            _table.Find(session, out place);
        }

        _table.Take(place, session, mark);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Forgets what no longer counts, once that is much of it: an entry too many harms nobody.</summary>
    public void Prune(DateTimeOffset now)
    {
        var live = All().Count(entry => entry.Until >= now);
        if (live > _count - Math.Max(1, _count / 4))
        {
            return;
        }

        var table = new Table(PlacesFor(live));
        foreach (var entry in All().Where(entry => entry.Until >= now))
        {
            table.Find(entry.Session, out var place);
            table.Take(place, entry.Session, (entry.Until.ToUnixTimeMilliseconds() << ReasonBits) | (byte)entry.Reason);
        }

        Volatile.Write(ref _table, table);
        Volatile.Write(ref _count, live);
    }

    /// <summary>Everything listed, in no order.</summary>
    public IEnumerable<RevocationEntry.Family> All() => Volatile.Read(ref _table).Entries().Select(entry => new RevocationEntry.Family(
        entry.Session, (RevocationReason)(byte)entry.Mark, DateTimeOffset.FromUnixTimeMilliseconds(entry.Mark >> ReasonBits)));

    /// <summary>A quarter more than are taken.</summary>
    private static int PlacesFor(int count) => Math.Max(Smallest, (int)Math.Min(Array.MaxLength, (count * 5L / 4) + 1));

    private bool Grow(int count)
    {
        if (PlacesFor(count) <= _table.Places)
        {
            return false;
        }

        // At least by half, so that adding one by one copies each entry a few times only.
        var table = new Table(Math.Max(PlacesFor(count), (int)Math.Min(Array.MaxLength, _table.Places * 3L / 2)));
        foreach (var (session, mark) in _table.Entries())
        {
            table.Find(session, out var place);
            table.Take(place, session, mark);
        }

        Volatile.Write(ref _table, table);
        return true;
    }

    private sealed class Table(int places)
    {
        private readonly SessionId[] _families = new SessionId[places];

        /// <summary>When each ends and why; 0 marks a free place.</summary>
        private readonly long[] _marks = new long[places];

        public int Places => _marks.Length;

        /// <summary>Where a family is, or where it would be put.</summary>
        public bool Find(in SessionId session, out int place)
        {
            var families = _families;
            var marks = _marks;
            place = (int)Math.BigMul((ulong)session.Family.Value, (ulong)marks.Length, out _);
            while (Volatile.Read(ref marks[place]) != 0)
            {
                if (families[place] == session)
                {
                    return true;
                }

                place = place + 1 == marks.Length ? 0 : place + 1;
            }

            return false;
        }

        public void Take(int place, in SessionId session, long mark)
        {
            _families[place] = session;
            Volatile.Write(ref _marks[place], mark);
        }

        public void Raise(int place, long mark) => Volatile.Write(ref _marks[place], Math.Max(_marks[place], mark));

        public IEnumerable<(SessionId Session, long Mark)> Entries()
        {
            for (var place = 0; place < _marks.Length; place++)
            {
                if (Volatile.Read(ref _marks[place]) is not 0 and var mark)
                {
                    yield return (_families[place], mark);
                }
            }
        }
    }
}
