import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import { type AuditEvent, auditTypes } from '../api/model.js';
import { addressOfAudit } from '../app/route.js';
import { useLoaded } from '../live/useLoaded.js';
import { EventTable } from '../ui/EventTable.js';
import { Field } from '../ui/Field.js';
import { Notice } from '../ui/Notice.js';
import { labelOf, wordsFor } from '../ui/words.js';

interface Props {
  readonly api: AdminApi;
  /** Whose events; everybody's when empty. */
  readonly user: string;
}

interface Shown {
  readonly events: readonly AuditEvent[];
  readonly next?: string;
}

/** The whole log, newest first. The issuer filters by user; the type is chosen among what is loaded. */
export function Audit({ api, user }: Props) {
  const [type, setType] = useState('');
  const [typed, setTyped] = useState(user);
  const [older, setOlder] = useState<Shown>();
  const [failure, setFailure] = useState<unknown>();
  const first = useLoaded(() => api.audit({ user }), user);

  const next = older ? older.next : first.value?.next;
  const loaded = [...(first.value?.items ?? []), ...(older?.events ?? [])];
  const events = type ? loaded.filter((event) => event.type === type) : loaded;
  const error = failure ?? first.error;

  async function more(): Promise<void> {
    try {
      const page = await api.audit({ user, after: next });
      setOlder({ events: [...(older?.events ?? []), ...page.items], ...(page.next !== undefined && { next: page.next }) });
      setFailure(undefined);
    } catch (problem) {
      setFailure(problem);
    }
  }

  function reload(): void {
    setOlder(undefined);
    void first.reload();
  }

  async function find(event: Event): Promise<void> {
    event.preventDefault();
    const text = typed.trim();
    try {
      const id = text && ((await api.named(text))?.id ?? text);
      location.hash = id ? addressOfAudit(id) : '#/audit';
    } catch (problem) {
      setFailure(problem);
    }
  }

  return (
    <>
      <div class="title">
        <h1>Audit log</h1>
        <button type="button" onClick={reload}>
          Reload
        </button>
      </div>
      <search>
        <form class="filters" onSubmit={(event) => void find(event)}>
          <Field label="User name or id" type="search" value={typed} onValue={setTyped} />
          <button>Find</button>
          <div class="field">
            <label for="type">Event</label>
            <select id="type" value={type} onChange={(event) => setType(event.currentTarget.value)}>
              <option value="">All events</option>
              {auditTypes.map((name) => (
                <option key={name} value={name}>
                  {labelOf(name)}
                </option>
              ))}
            </select>
          </div>
        </form>
      </search>
      {error !== undefined && <Notice kind="bad">{wordsFor(error)}</Notice>}
      {first.value && (
        <>
          <p class="hint" role="status">
            {events.length} of {loaded.length} loaded events shown{next === undefined ? '; these are all.' : '.'}
          </p>
          <EventTable api={api} caption="Audit log" events={events} empty="No such event." />
        </>
      )}
      {next !== undefined && (
        <div class="buttons">
          <button type="button" onClick={() => void more()}>
            Load older
          </button>
        </div>
      )}
    </>
  );
}
