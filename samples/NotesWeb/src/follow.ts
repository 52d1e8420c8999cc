import { type Session, SessionError } from '@tokenissuer/client';

const shortestPause = 500;
const longestPause = 30_000;

/**
 * Follows a stream of the API, again and again. The API closes it when the session is revoked; the next attempt is then
 * refused, the client asks the issuer, and learns at once that the session is over. So this is also what makes
 * "your session was ended" appear while nobody touches the page.
 */
export function follow(session: Pick<Session, 'fetch' | 'onChange' | 'state'>, address: URL, tick: () => void): () => void {
  const stopped = new AbortController();
  const { signal } = stopped;

  async function run(): Promise<void> {
    let pause = shortestPause;
    while (!signal.aborted) {
      try {
        // Nobody asked for this: it must not keep an idle session alive.
        const response = await session.fetch(address, { background: true, signal, headers: { Accept: 'text/event-stream' } });
        if (response.ok && response.body) {
          pause = shortestPause;
          await drain(response.body, tick);
        }
      } catch (error) {
        if (error instanceof SessionError && error.code === 'signed_out') return;
        // The user is away and the token has lapsed: go on when there is a new one.
        if (error instanceof SessionError && error.code === 'idle') await renewed(session, signal);
      }
      await sleep(pause, signal);
      pause = Math.min(pause * 2, longestPause);
    }
  }

  void run();
  return () => stopped.abort();
}

async function drain(body: ReadableStream<Uint8Array>, tick: () => void): Promise<void> {
  const reader = body.getReader();
  while (!(await reader.read()).done) tick();
}

/** Until there is a new token, or no session any more. */
const renewed = (session: Pick<Session, 'onChange'>, signal: AbortSignal) =>
  until(signal, (done) => session.onChange(({ type }) => type !== 'warning' && type !== 'trouble' && done()));

const sleep = (milliseconds: number, signal: AbortSignal) =>
  until(signal, (done) => {
    const timer = setTimeout(done, milliseconds);
    return () => clearTimeout(timer);
  });

/** Waits for `begin` to be done, or for the end of everything; whichever it was, nothing is left behind. */
async function until(signal: AbortSignal, begin: (done: () => void) => () => void): Promise<void> {
  let done = () => {};
  const waiting = new Promise<void>((resolve) => {
    done = resolve;
  });
  const finish = begin(done);
  signal.addEventListener('abort', done);
  if (!signal.aborted) await waiting;
  signal.removeEventListener('abort', done);
  finish();
}
