import { useEffect, useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';

/** The names behind user ids, asked for once each. An id without a user, such as a client's, keeps none. */
const names = new Map<string, string | undefined>();

export function useNames(api: AdminApi, ids: readonly (string | null | undefined)[]): (id: string) => string | undefined {
  const [, setKnown] = useState(0);
  const unknown = [...new Set(ids)].filter((id): id is string => !!id && !id.startsWith('client:') && !names.has(id));

  useEffect(() => {
    for (const id of unknown) {
      names.set(id, undefined);
      api.user(id, true).then(
        ({ username }) => {
          names.set(id, username);
          setKnown((count) => count + 1);
        },
        // The id stands in for the name.
        () => {},
      );
    }
  }, [unknown.join()]);

  return (id) => names.get(id);
}
