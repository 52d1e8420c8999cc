/** The two clocks and the timer of a page. */
export interface TimeSource {
  /** Milliseconds that never run backwards; may stand still while the machine sleeps. */
  monotonic(): number;
  /** Milliseconds of the wall clock; runs through sleep, but may be wrong or be set. */
  wall(): number;
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Elapsed time, seen through sleep and through clocks that are set. */
export interface Clock {
  /** Milliseconds that passed, from an arbitrary start. Compare only with itself. */
  now(): number;
  /** The wall clock, only for ages of messages between tabs of one machine. */
  wall(): number;
  /** Runs once after `ms`; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

// A leap of the wall clock beyond this is sleep or a corrected clock; below it is rounding, which must not add up.
const leap = 1_000;

/**
 * The monotonic clock stands still in sleep on some systems, and the wall clock leaps when somebody sets it. A leap forward
 * counts as time passed: if that is wrong it costs one question to the server, because no clock ever ends a session here.
 * A leap backward counts for nothing.
 */
export function createClock(source: TimeSource): Clock {
  let monotonic = source.monotonic();
  let wall = source.wall();
  let now = 0;

  const after = (ms: number, run: () => void) => {
    // Upward: a timer that fires just before its instant would only be set again.
    const timer = source.setTimeout(run, Math.ceil(Math.max(0, ms)));
    return () => source.clearTimeout(timer);
  };

  return {
    now() {
      const steady = source.monotonic() - monotonic;
      const shown = source.wall() - wall;
      monotonic += steady;
      wall += shown;
      return (now += shown - steady > leap ? shown : steady);
    },
    wall: source.wall,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => (cancel(), resolve()), { once: true });
      }),
  };
}
