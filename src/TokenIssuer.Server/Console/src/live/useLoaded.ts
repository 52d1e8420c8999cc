import { useEffect, useRef, useState } from 'preact/hooks';

/** Something that has to be asked for. */
export interface Loaded<T> {
  readonly value?: T;
  readonly error?: unknown;
  readonly reload: () => Promise<void>;
}

/** Asks when `key` changes; what was there stays until the new answer is. Of two answers the later question's counts. */
export function useLoaded<T>(ask: () => Promise<T>, key: string): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown }>({});
  const latest = useRef(ask);
  const turn = useRef(0);
  latest.current = ask;

  async function reload(): Promise<void> {
    const mine = ++turn.current;
    try {
      const value = await latest.current();
      if (mine === turn.current) setState({ value });
    } catch (error) {
      if (mine === turn.current) setState((before) => ({ ...before, error }));
    }
  }

  useEffect(() => {
    void reload();
    return () => {
      turn.current++;
    };
  }, [key]);

  return { ...state, reload };
}
