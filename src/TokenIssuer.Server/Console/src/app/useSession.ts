import type { Session, SessionError, SessionState } from '@tokenissuer/client';
import { useEffect, useState } from 'preact/hooks';

export interface Warning {
  readonly secondsLeft: number;
  readonly canStay: boolean;
}

interface SessionView {
  readonly state: SessionState;
  readonly warning?: Warning | undefined;
  readonly trouble?: SessionError | undefined;
}

/** The session as the page shows it. */
export function useSession(session: Session): SessionView {
  const [view, setView] = useState<SessionView>({ state: session.state });

  useEffect(() => {
    setView({ state: session.state });
    return session.onChange((event, state) =>
      setView((before) => ({
        state,
        warning: event.type === 'warning' ? event : event.type === 'trouble' ? before.warning : undefined,
        trouble: event.type === 'trouble' ? event.error : event.type === 'warning' ? before.trouble : undefined,
      })),
    );
  }, [session]);

  return view;
}
