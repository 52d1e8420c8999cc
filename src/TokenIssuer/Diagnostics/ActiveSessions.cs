using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Diagnostics;

/// <summary>
/// The sessions that got a token from this process within a window and are not revoked. Each is counted while there are at
/// most <see cref="Limit"/>; beyond that a sample is, drawn by the random bits of the family id, so that memory stays bounded.
/// </summary>
internal sealed class ActiveSessions(TimeProvider clock, TimeSpan window)
{
    public const int Limit = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<SessionId, Sighting> _seen = [];
    private uint _oneIn = 1;

    public void Add(TokenFamily family)
    {
        lock (_gate)
        {
            if (!IsDrawn(family.Session))
            {
                return;
            }

            _seen[family.Session] = new Sighting(clock.GetTimestamp(), family.Birth);
            if (_seen.Count > Limit)
            {
                Thin();
            }
        }
    }

    /// <summary>
    /// Asks the replica which of them are dead: it knows of every kill, on whichever issuer it was asked for.
    /// </summary>
    public long Count(Denylist denylist)
    {
        lock (_gate)
        {
            foreach (var (session, (_, birth)) in _seen)
            {
                if (denylist.Lists(session) || birth < denylist.KnowledgeOf(session.User).Floors.Floor)
                {
                    _seen.Remove(session);
                }
            }

            RemoveOld();
            if (_seen.Count == 0)
            {
                _oneIn = 1;
            }

            return (long)_seen.Count * _oneIn;
        }
    }

    /// <summary>Makes room for at least half of the limit, so that the work is shared by as many sessions.</summary>
    private void Thin()
    {
        RemoveOld();
        while (_seen.Count > Limit / 2)
        {
            _oneIn *= 2;
            foreach (var session in _seen.Keys)
            {
                if (!IsDrawn(session))
                {
                    _seen.Remove(session);
                }
            }
        }
    }

    private void RemoveOld()
    {
        foreach (var (session, (at, _)) in _seen)
        {
            if (clock.GetElapsedTime(at) > window)
            {
                _seen.Remove(session);
            }
        }
    }

    private bool IsDrawn(SessionId session) => ((uint)(session.Family.Value & uint.MaxValue) & (_oneIn - 1)) == 0;

    private readonly record struct Sighting(long At, long Birth);
}
