import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import { type AuditEvent, isRevoking } from '../api/model.js';
import type { Live } from '../app/useLive.js';
import { merged } from '../live/eventLog.js';
import { usePoll } from '../live/usePoll.js';
import { Chart } from '../ui/Chart.js';
import { EventTable } from '../ui/EventTable.js';
import { Notice } from '../ui/Notice.js';
import { wordsFor } from '../ui/words.js';

interface Props {
  readonly api: AdminApi;
  readonly live: Live;
}

/** What ends, as it ends. */
export function Revocations({ api, live }: Props) {
  const [events, setEvents] = useState<readonly AuditEvent[]>();
  const [error, setError] = useState<unknown>();

  usePoll(async () => {
    try {
      const { items } = await api.audit({ limit: 100, background: true });
      setEvents((known = []) => merged(known, items.filter(isRevoking)));
      setError(undefined);
    } catch (failure) {
      setError(failure);
    }
  }, 1_500);

  return (
    <>
      <h1>Revocations</h1>
      <p>Everything that ended a session or a token, newest first, as it happens.</p>
      {error !== undefined && !live.needsPassword && <Notice kind="bad">{wordsFor(error)}</Notice>}
      <div class="charts">
        <Chart
          title="Revocations"
          unit="per minute"
          lines={[{ name: 'revocations', points: live.history.map(({ at, overview }) => ({ at, value: overview.revocations_per_minute })) }]}
        />
        <Chart
          title="Denylist"
          unit="entries"
          lines={[{ name: 'entries', points: live.history.map(({ at, overview }) => ({ at, value: overview.denylist_entries })) }]}
        />
      </div>
      {events && <EventTable api={api} caption="Revocations" events={events} empty="Nothing was revoked lately." />}
    </>
  );
}
