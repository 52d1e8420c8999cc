import type { SessionError } from './errors.js';
import { accepted, type Issuer, type Reply } from './issuer.js';
import type { Lock } from './lock.js';
import type { SessionMemory } from './memory.js';
import type { Renewal } from './renewal.js';

/** `this` session, all `others` of the user, or `all`. */
export type LogoutScope = 'this' | 'others' | 'all';

/** A sign-out that the issuer has not confirmed yet, with what is known of the session it ends. */
export interface Farewell {
  readonly scope: LogoutScope;
  readonly token?: string | undefined;
  readonly sessionId?: string | undefined;
  /** Tried before: meanwhile the cookie may be that of a session which nobody wants to end. */
  readonly tried?: boolean;
}

export interface SignOut {
  logout(scope?: LogoutScope): Promise<void>;
  /** Tells the issuer of a sign-out it has not heard of yet, if there is one. */
  deliver(): Promise<void>;
}

export function createSignOut(issuer: Issuer, lock: Lock, memory: SessionMemory, { pending, end }: Renewal): SignOut {
  let flight: Promise<void> | undefined;

  /** The cookie may be gone, and the token may be spent: each alone ends the session. */
  async function say({ scope, token, tried }: Farewell): Promise<void> {
    const ask = (scope: LogoutScope, token: string | undefined, cookie: boolean) =>
      issuer('/auth/logout', { body: { scope }, headers: token && { Authorization: `Bearer ${token}` }, cookie, keepalive: !tried });
    const confirmed = (reply: Reply) => accepted(reply, reply.status === 204);

    const reply = await ask(scope, token, true);
    // Tokens of two sessions in one request are refused.
    if (!token || reply.status !== 400) return void confirmed(reply);
    confirmed(await ask(scope, token, false));
    if (!tried) confirmed(await ask('this', undefined, true));
  }

  const deliver = () =>
    (flight ??= lock(async () => {
      const { farewell } = memory;
      if (!farewell) return;
      try {
        await say(farewell);
        end('logout');
      } catch (error) {
        pending.failed(error as SessionError);
        end('logout_pending', { ...farewell, tried: true });
        throw error;
      }
    }).finally(() => (flight = undefined)));

  return {
    deliver,
    async logout(scope = 'this') {
      const { lastToken: token, sessionId, farewell } = memory;
      const wish = { token, sessionId, ...farewell, scope };
      // Whose cookie it is does not matter here: the session on the screen is the one that stays.
      if (scope === 'others') return lock(() => say({ ...wish, tried: true }));
      end('logout', wish);
      await deliver();
    },
  };
}
