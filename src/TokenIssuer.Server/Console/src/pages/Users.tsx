import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import type { User } from '../api/model.js';
import { addressOfUser } from '../app/route.js';
import { useLoaded } from '../live/useLoaded.js';
import { CreateUser } from './CreateUser.js';
import { Field } from '../ui/Field.js';
import { Notice } from '../ui/Notice.js';
import { type Column, Table } from '../ui/Table.js';
import { Roles, Standing } from '../ui/UserFacts.js';
import { wordsFor } from '../ui/words.js';

const columns: readonly Column<User>[] = [
  { title: 'User', cell: ({ id, username }) => <a href={addressOfUser(id)}>{username}</a> },
  { title: 'Roles', cell: ({ roles }) => <Roles roles={roles} /> },
  { title: 'Standing', cell: (user) => <Standing user={user} /> },
  { title: 'Id', cell: ({ id }) => <code>{id}</code> },
];

export function Users({ api }: { readonly api: AdminApi }) {
  const [query, setQuery] = useState('');
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const [creating, setCreating] = useState(false);
  const found = useLoaded(() => api.users(query.trim(), cursors.at(-1)), `${query.trim()} ${cursors.join()}`);
  const next = found.value?.next;

  function search(text: string): void {
    setQuery(text);
    setCursors([]);
  }

  return (
    <>
      <div class="title">
        <h1>Users</h1>
        <button type="button" class="primary" onClick={() => setCreating(true)}>
          New user
        </button>
      </div>
      <search>
        <Field label="Search by name" type="search" value={query} onValue={search} />
      </search>
      {found.error !== undefined && <Notice kind="bad">{wordsFor(found.error)}</Notice>}
      {found.value && (
        <Table caption="Users" columns={columns} rows={found.value.items} keyOf={({ id }) => id} empty="No user has such a name." />
      )}
      <div class="buttons">
        {cursors.length > 0 && (
          <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            Previous
          </button>
        )}
        {next !== undefined && (
          <button type="button" onClick={() => setCursors([...cursors, next])}>
            Next
          </button>
        )}
      </div>
      {creating && <CreateUser api={api} onClose={() => setCreating(false)} />}
    </>
  );
}
