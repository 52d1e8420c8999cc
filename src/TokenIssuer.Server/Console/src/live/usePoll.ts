import { useEffect, useRef } from 'preact/hooks';

/** Calls `ask` now and every `period` milliseconds, one call at a time, while the page can be seen. */
export function usePoll(ask: () => Promise<void>, period: number): void {
  const latest = useRef(ask);
  latest.current = ask;

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;

    async function round(): Promise<void> {
      timer = undefined;
      if (document.visibilityState !== 'hidden') await latest.current();
      if (!stopped) timer = setTimeout(round, period);
    }

    function look(): void {
      if (timer === undefined || document.visibilityState === 'hidden') return;
      clearTimeout(timer);
      void round();
    }

    void round();
    document.addEventListener('visibilitychange', look);
    return () => {
      stopped = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [period]);
}
