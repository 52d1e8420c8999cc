import type { AdminApi } from '../api/adminApi.js';
import type { AuditEvent } from '../api/model.js';
import { addressOfUser } from '../app/route.js';
import { useNames } from '../live/useNames.js';
import { type Column, Table } from './Table.js';
import { When } from './When.js';
import { labelOf } from './words.js';

const alarming: ReadonlySet<string> = new Set(['refresh_reuse', 'refresh_replay_foreign', 'store_loss', 'login_refused']);

const columnsWith = (nameOf: (id: string) => string): readonly Column<AuditEvent>[] => [
  { title: 'At', cell: ({ at }) => <When at={at} exact /> },
  { title: 'Event', cell: ({ type }) => <span class={alarming.has(type) ? 'tag warn' : 'tag'}>{labelOf(type)}</span> },
  { title: 'User', cell: ({ user }) => (user ? <a href={addressOfUser(user)}>{nameOf(user)}</a> : '–') },
  { title: 'Session', cell: ({ session }) => (session ? <code title={session}>{brief(session)}</code> : '–') },
  { title: 'By', cell: ({ actor }) => (actor ? <span title={actor}>{nameOf(actor)}</span> : '–') },
  { title: 'From', cell: ({ ip, user_agent }) => [ip, user_agent].filter(Boolean).join(' · ') || '–' },
  { title: 'Reason', cell: ({ reason }) => reason || '–' },
];

interface Props {
  readonly api: AdminApi;
  readonly caption: string;
  readonly events: readonly AuditEvent[];
  readonly empty: string;
}

export function EventTable({ api, caption, events, empty }: Props) {
  const nameOf = useNames(
    api,
    events.flatMap(({ user, actor }) => [user, actor]),
  );
  return <Table caption={caption} columns={columnsWith((id) => nameOf(id) ?? brief(id))} rows={events} keyOf={({ id }) => id} empty={empty} />;
}

const brief = (id: string) => (id.length > 12 ? `${id.slice(0, 10)}…` : id);
