import type { Session } from '@tokenissuer/client';
import { follow } from './follow.js';

export interface Note {
  readonly id: number;
  readonly text: string;
  readonly created_at: string;
}

export type NotesApi = ReturnType<typeof createNotesApi>;

/** The notes, asked for with the session's token. */
export function createNotesApi(session: Pick<Session, 'fetch' | 'onChange' | 'state'>, address: string) {
  async function ask(init?: RequestInit): Promise<unknown> {
    const response = await session.fetch(new URL('/api/notes', address), init);
    if (!response.ok) throw new Error(await titleOf(response));
    return response.json();
  }

  return {
    list: async () => ((await ask()) as { notes: Note[] }).notes,

    add: async (text: string) =>
      (await ask({ method: 'POST', body: JSON.stringify({ text }), headers: { 'Content-Type': 'application/json' } })) as Note,

    /** Calls `tick` each second while the API lets this session in. Returns the function that stops. */
    follow: (tick: () => void) => follow(session, new URL('/api/stream', address), tick),
  };
}

/** Problems (RFC 9457) have a title for people. */
async function titleOf(response: Response): Promise<string> {
  const { title } = Object(await response.json().catch(() => ({}))) as { title?: unknown };
  return typeof title === 'string' ? title : `The notes could not be reached (${response.status}).`;
}
