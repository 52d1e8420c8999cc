import type { Session } from '@tokenissuer/client';
import { useEffect, useState } from 'preact/hooks';

interface Props {
  readonly session: Session;
  readonly secondsLeft: number;
  readonly canStay: boolean;
}

/** Shown from the client's `warning` until its next event. */
export function IdleWarning({ session, secondsLeft, canStay }: Props) {
  const [left, setLeft] = useState(secondsLeft);

  useEffect(() => {
    const end = performance.now() + secondsLeft * 1_000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.round((end - performance.now()) / 1_000))), 1_000);
    return () => clearInterval(timer);
  }, [secondsLeft]);

  return (
    <div role="alert" class="notice">
      <p>
        You will be signed out in <span aria-hidden="true">{left} s</span>
        <span class="unseen">{secondsLeft} seconds</span>.
      </p>
      {canStay && (
        <button type="button" onClick={() => void session.stay().catch(() => {})}>
          Stay signed in
        </button>
      )}
    </div>
  );
}
