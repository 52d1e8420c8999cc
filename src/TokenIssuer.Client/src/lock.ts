import type { Environment } from './environment.js';

/** Runs one piece of work at a time, over all tabs where the browser can. */
export type Lock = <T>(work: () => Promise<T>) => Promise<T>;

// Work under the lock is one request with its own deadline. A holder that takes longer is a suspended page, and the issuer
// forgives two refreshes at once, so going ahead beats waiting for ever.
const patience = 20_000;

/** Web Locks across tabs; without them, or where storage is blocked, a queue within this tab. */
export function createLock({ locks, clock }: Environment, name: string): Lock {
  let last: Promise<unknown> = Promise.resolve();

  const here: Lock = (work) => {
    const run = last.then(work);
    last = run.catch(() => {});
    return run;
  };

  return locks
    ? async <T>(work: () => Promise<T>) => {
        let run: Promise<T> | undefined;
        const waiting = new AbortController();
        const cancel = clock.after(patience, () => waiting.abort());
        const start = () => (cancel(), (run = work()));
        // A failure of the work itself is not a failure of the lock: it reaches the caller through `run`.
        await locks.request(name, { signal: waiting.signal }, start).catch(() => {});
        cancel();
        return run ?? here(work);
      }
    : here;
}
