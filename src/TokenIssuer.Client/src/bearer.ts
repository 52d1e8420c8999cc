import { SessionError } from './errors.js';
import type { SessionMemory } from './memory.js';
import type { Renewal } from './renewal.js';

/** Hands out tokens, and sends requests that carry one. */
export interface Bearer {
  /** A token that is good as far as clocks can say. A background call does not count as use of the session. */
  token(background?: boolean): Promise<string>;
  /** Sends with a token; a 401 brings one refresh and one more try. `audience` names who may refuse good tokens. */
  send<R extends { readonly status: number }>(audience: string, request: (token: string) => Promise<R>, background?: boolean): Promise<R>;
}

export function createBearer(memory: SessionMemory, { renew }: Renewal, touch: () => void): Bearer {
  /** Who answered 401 to a token fresh from the issuer. Refreshing for them again, with that token, would be a loop. */
  const refusedBy = new Map<string, string>();

  function present(): string {
    const { lastToken } = memory;
    if (!lastToken) throw new SessionError('signed_out');
    return lastToken;
  }

  async function token(background = false): Promise<string> {
    if (!background) touch();
    const { token } = memory;
    if (token) return token;
    if (memory.status === 'signed_out') throw new SessionError('signed_out');
    if (background && memory.status === 'signed_in' && !memory.used) throw new SessionError('idle');
    await renew();
    return present();
  }

  return {
    token,
    async send(audience, request, background) {
      const { person } = memory;
      /** A request composed for one user must not go out in the name of another. */
      const samePerson = (token: string) => {
        if (memory.person !== person) throw new SessionError('session_changed');
        return token;
      };

      const first = samePerson(await token(background));
      const response = await request(first);
      if (response.status !== 401 || refusedBy.get(audience) === first) return response;

      if (memory.lastToken === first) await renew();
      const second = samePerson(present());
      const retried = await request(second);
      if (retried.status === 401) refusedBy.set(audience, second);
      return retried;
    },
  };
}
