import type { Environment } from './environment.js';
import { codeOf, SessionError } from './errors.js';
import { type Grant, readGrant } from './grant.js';

/** A finished exchange with the issuer. */
export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly retryAfter: number | undefined;
  /** Milliseconds the exchange took. */
  readonly took: number;
}

export interface Call {
  readonly method?: string;
  readonly body?: object;
  readonly headers?: Record<string, string> | '' | undefined;
  /** Send and accept the session cookie, also where the issuer is another origin. */
  readonly cookie?: boolean;
  /** Let the exchange outlive the page, so that a reload in its midst does not lose the answer's cookie. */
  readonly keepalive?: boolean;
}

/** Sends one request to the issuer and reads the whole answer. Rejects with `network` when there is none in time. */
export type Issuer = (path: string, call: Call) => Promise<Reply>;

const deadline = 10_000;

export function createIssuer({ fetch, clock }: Environment, address: string): Issuer {
  return async (path, { method = 'POST', body, headers, cookie, keepalive = false }) => {
    const late = new AbortController();
    const cancel = clock.after(deadline, () => late.abort());
    const start = clock.now();
    try {
      const response = await fetch(address + path, {
        method,
        headers: { ...(body && { 'Content-Type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
        credentials: cookie ? 'include' : 'omit',
        cache: 'no-store',
        // A redirect would carry a password or a token to a place nobody named.
        redirect: 'error',
        keepalive,
        signal: late.signal,
      });
      const text = await response.text();
      return { status: response.status, body: parse(text), retryAfter: retryAfter(response), took: clock.now() - start };
    } catch {
      throw new SessionError('network');
    } finally {
      cancel();
    }
  };
}

/** The reply's body when it is a success; throws what the reply says otherwise. */
export function accepted({ status, body, retryAfter }: Reply, success = status < 300): Record<string, unknown> {
  if (success) return body;
  const { reasons } = body;
  throw new SessionError(codeOf(status, body['error'] ?? body['code']), {
    status,
    retryAfter,
    reasons: Array.isArray(reasons) ? reasons.map(String) : undefined,
  });
}

export function granted(reply: Reply): Grant {
  return readGrant(accepted(reply), reply.took);
}

/** Seconds of `Retry-After`. Its date form is not used: it would compare the server's wall clock with ours. */
export function retryAfter({ headers }: Response): number | undefined {
  const seconds = parseFloat(headers.get('Retry-After') ?? '');
  return seconds >= 0 ? seconds : undefined;
}

function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
