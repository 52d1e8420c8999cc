import type { Bearer } from './bearer.js';
import type { Environment } from './environment.js';
import { SessionError } from './errors.js';
import { retryAfter } from './issuer.js';

/** `RequestInit`, and whether the call happens without the user. */
export interface SessionRequestInit extends RequestInit {
  /**
   * True for polling, streams and other calls nobody asked for. They do not keep an idle session alive: once the token has lapsed
   * and nobody used the page since it came, they reject with the code `idle`.
   */
  readonly background?: boolean;
}

/** `fetch` with the session's token. */
export type SessionFetch = (input: string | URL | Request, init?: SessionRequestInit) => Promise<Response>;

const tries = 3;
const longestWait = 30;

export function createApiFetch({ fetch, clock, base }: Environment, bearer: Bearer, origins: ReadonlySet<string>): SessionFetch {
  return async (input, { background, ...init } = {}) => {
    const request = new Request(input instanceof Request ? input : new URL(input, base()), init);
    const { origin } = new URL(request.url);
    if (!origins.has(origin)) throw new SessionError('origin_not_listed');

    const send = (token: string) => {
      // Each try needs its own body.
      const attempt = request.clone();
      attempt.headers.set('Authorization', `Bearer ${token}`);
      return fetch(attempt);
    };

    for (let left = tries - 1; ; left--) {
      const response = await bearer.send(origin, send, background);
      if (response.status !== 503 || !left) return response;

      // Without the server's word that nothing happened, only a request that may be repeated is.
      const wait = retryAfter(response) ?? (/^(POST|PATCH)$/.test(request.method) ? Infinity : 1);
      if (wait > longestWait) return response;
      await clock.sleep(wait * 1_000, request.signal);
    }
  };
}
