import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import type { Key } from '../api/model.js';
import { useLoaded } from '../live/useLoaded.js';
import { KeyTimeline } from '../ui/KeyTimeline.js';
import { Notice } from '../ui/Notice.js';
import { type Column, Table } from '../ui/Table.js';
import { atLength } from '../ui/time.js';
import { When } from '../ui/When.js';
import { wordsFor } from '../ui/words.js';
import { RetireKey } from './RetireKey.js';
import { RotateKeys } from './RotateKeys.js';

export function Keys({ api }: { readonly api: AdminApi }) {
  const keys = useLoaded(() => api.keys(), '');
  const [doing, setDoing] = useState<'rotate' | Key>();
  const [done, setDone] = useState('');

  function finish(words: string): void {
    setDoing(undefined);
    setDone(words);
    void keys.reload();
  }

  const columns: readonly Column<Key>[] = [
    { title: 'Key', cell: ({ kid }) => <code>{kid}</code> },
    { title: 'Phase', cell: ({ phase }) => <span class={`phase ${phase}`}>{phase}</span> },
    { title: 'Algorithm', cell: ({ alg }) => alg },
    { title: 'Created', cell: ({ created_at }) => <When at={created_at} /> },
    {
      title: 'Action',
      cell: (key) => (
        <button type="button" class="danger" aria-label={`Retire key ${key.kid}`} onClick={() => setDoing(key)}>
          Retire
        </button>
      ),
    },
  ];

  return (
    <>
      <div class="title">
        <h1>Keys</h1>
        <button type="button" class="primary" onClick={() => setDoing('rotate')}>
          Rotate
        </button>
      </div>
      <p>The next key always stands announced, so that every API knows it before it signs. Rotating signs nobody out.</p>
      {done && <Notice kind="good">{done}</Notice>}
      {keys.error !== undefined && <Notice kind="bad">{wordsFor(keys.error)}</Notice>}
      {keys.value && (
        <>
          <KeyTimeline keys={keys.value} />
          <Table caption="Keys" columns={columns} rows={keys.value} keyOf={({ kid }) => kid} empty="There is no key." />
        </>
      )}
      {doing === 'rotate' && (
        <RotateKeys api={api} onDone={(signsFrom) => finish(rotatedWords(signsFrom))} onClose={() => setDoing(undefined)} />
      )}
      {typeof doing === 'object' && (
        <RetireKey api={api} victim={doing} onDone={() => finish(`Key ${doing.kid} is retired.`)} onClose={() => setDoing(undefined)} />
      )}
    </>
  );
}

function rotatedWords(signsFrom: string | undefined): string {
  if (signsFrom === undefined) return 'Rotated: the announced key signs now.';
  return `The announced key has not been public for long enough. It signs from ${atLength(Date.parse(signsFrom))}.`;
}
