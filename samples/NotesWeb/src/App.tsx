import type { Session, SessionError, SessionEvent, SessionState } from '@tokenissuer/client';
import { useEffect, useState } from 'preact/hooks';
import { Devices } from './Devices.js';
import { IdleWarning } from './IdleWarning.js';
import type { NotesApi } from './notesApi.js';
import { Notes } from './Notes.js';
import { Password } from './Password.js';
import { SignIn } from './SignIn.js';
import { wordsFor } from './words.js';

interface Props {
  readonly session: Session;
  readonly api: NotesApi;
}

interface View {
  readonly state: SessionState;
  /** Counts takeovers by another session. */
  readonly takeovers: number;
  readonly warning?: Extract<SessionEvent, { type: 'warning' }> | undefined;
  readonly trouble?: SessionError | undefined;
}

const pages = { notes: 'Notes', devices: 'My devices', password: 'Password' };

export function App({ session, api }: Props) {
  const { state, takeovers, warning, trouble } = useSession(session);
  const [page, setPage] = useState<keyof typeof pages>('notes');

  if (state.status === 'signed_out') return <SignIn session={session} reason={state.reason} />;
  if (state.status === 'unknown') return <p role="status">{trouble ? wordsFor(trouble) : 'One moment …'}</p>;
  return (
    <>
      <header>
        <nav aria-label="Pages">
          {Object.entries(pages).map(([name, title]) => (
            <button key={name} type="button" aria-current={name === page ? 'page' : undefined} onClick={() => setPage(name as keyof typeof pages)}>
              {title}
            </button>
          ))}
        </nav>
        <button type="button" onClick={() => void session.logout().catch(toldByEvent)}>
          Sign out
        </button>
      </header>
      {/* Another session, perhaps of another user: everything is loaded anew. */}
      <main key={takeovers}>
        {warning && <IdleWarning session={session} secondsLeft={warning.secondsLeft} canStay={warning.canStay} />}
        {trouble && <p role="status" class="notice">{wordsFor(trouble)}</p>}
        {page === 'notes' && <Notes api={api} />}
        {page === 'devices' && <Devices session={session} />}
        {page === 'password' && <Password session={session} />}
        <Liveness api={api} />
      </main>
    </>
  );
}

/** A sign-out that could not be confirmed is shown from its event, in every tab. */
const toldByEvent = () => {};

/** A light that beats with the API's stream. */
function Liveness({ api }: { readonly api: NotesApi }) {
  const [beats, setBeats] = useState(0);
  useEffect(() => api.follow(() => setBeats((count) => count + 1)), []);
  return (
    <p class="live" data-beats={beats}>
      {beats > 0 ? 'Connected' : 'Connecting …'}
    </p>
  );
}

function useSession(session: Session): View {
  const [view, setView] = useState<View>({ state: session.state, takeovers: 0 });

  useEffect(() => {
    setView((before) => ({ ...before, state: session.state }));
    return session.onChange((event, state) =>
      setView((before) => ({
        state,
        takeovers: before.takeovers + (event.type === 'switched' ? 1 : 0),
        // Trouble neither hides the warning nor the other way round; every other event ends both.
        warning: event.type === 'warning' ? event : event.type === 'trouble' ? before.warning : undefined,
        trouble: event.type === 'trouble' ? event.error : event.type === 'warning' ? before.trouble : undefined,
      })),
    );
  }, [session]);

  return view;
}
