import { useEffect, useState } from 'preact/hooks';
import { Field, Form } from './Form.js';
import type { Note, NotesApi } from './notesApi.js';
import { wordsFor } from './words.js';

export function Notes({ api }: { readonly api: NotesApi }) {
  const [notes, setNotes] = useState<readonly Note[]>();
  const [error, setError] = useState<unknown>();
  const [text, setText] = useState('');

  useEffect(() => void api.list().then(setNotes, setError), []);

  async function add(): Promise<void> {
    const note = await api.add(text);
    setNotes((before = []) => [...before, note]);
    setText('');
  }

  return (
    <>
      <h1>Notes</h1>
      <Form action="Add" submit={add}>
        <Field label="New note" value={text} onValue={setText} />
      </Form>
      {error !== undefined && (
        <p role="alert" class="notice bad">
          {wordsFor(error)}
        </p>
      )}
      {notes?.length === 0 && <p class="empty">No notes yet.</p>}
      <ul>
        {notes?.map(({ id, text, created_at }) => (
          <li key={id}>
            <span>{text}</span> <time dateTime={created_at}>{new Date(created_at).toLocaleString()}</time>
          </li>
        ))}
      </ul>
    </>
  );
}
