import type { UserSession } from '../api/adminApi.js';
import { type Column, Table } from '../ui/Table.js';
import { When } from '../ui/When.js';

interface Props {
  readonly sessions: readonly UserSession[];
  readonly onEnd: (id: string) => void;
}

export function Sessions({ sessions, onEnd }: Props) {
  const columns: readonly Column<UserSession>[] = [
    {
      title: 'Device',
      cell: (session) => (
        <>
          {nameOf(session)} {session.current && <span class="tag good">this one</span>}
        </>
      ),
    },
    { title: 'From', cell: ({ ip }) => ip ?? '–' },
    { title: 'Signed in', cell: ({ created_at }) => <When at={created_at} /> },
    { title: 'Last used', cell: ({ last_used_at }) => <When at={last_used_at} /> },
    { title: 'Ends', cell: ({ expires_at }) => <When at={expires_at} /> },
    {
      title: 'Action',
      cell: (session) => (
        <button type="button" class="danger" aria-label={`End session on ${nameOf(session)}`} onClick={() => onEnd(session.id)}>
          End
        </button>
      ),
    },
  ];
  return <Table caption="Sessions" columns={columns} rows={sessions} keyOf={({ id }) => id} empty="No session is alive." />;
}

const nameOf = ({ device, user_agent, client_id }: UserSession) => [device, user_agent].filter(Boolean).join(' · ') || client_id;
