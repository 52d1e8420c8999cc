import { useState } from 'preact/hooks';
import { type AdminApi, stepUpCode } from '../api/adminApi.js';
import { AdminError } from '../api/adminError.js';
import { extended, type Sample } from '../live/history.js';
import { usePoll } from '../live/usePoll.js';

/** The issuer's figures as they come in, kept while the administrator walks from page to page. */
export interface Live {
  readonly history: readonly Sample[];
  /** Why the last look failed; absent when it did not. */
  readonly error?: unknown;
  readonly needsPassword: boolean;
}

const period = 2_000;

export function useLive(api: AdminApi): Live {
  const [live, setLive] = useState<Live>({ history: [], needsPassword: false });

  usePoll(async () => {
    try {
      const overview = await api.overview();
      setLive(({ history }) => ({ history: extended(history, { at: performance.now(), overview }), needsPassword: false }));
    } catch (error) {
      const needsPassword = error instanceof AdminError && error.code === stepUpCode;
      setLive(({ history }) => ({ history, error, needsPassword }));
    }
  }, period);

  return live;
}
