import type { Environment } from './environment.js';
import { isPassing, SessionError } from './errors.js';
import { accepted, granted, type Issuer } from './issuer.js';
import type { Lock } from './lock.js';
import type { Renewal } from './renewal.js';

/** What the user typed, and what the session is for. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The one-time code, once `mfa_required` asked for it. */
  readonly otp?: string;
  /** Space separated; leave out for all the user may have. */
  readonly scope?: string;
  /** The name shown in the list of devices. */
  readonly device?: string;
}

/** `this` session, all `others` of the user, or `all`. */
export type LogoutScope = 'this' | 'others' | 'all';

/** The two steps that change the cookie at the user's wish. Both hold the lock, so that no refresh meets a half-changed cookie. */
export interface SignIn {
  login(credentials: Credentials): Promise<void>;
  logout(scope?: LogoutScope): Promise<void>;
}

export function createSignIn({ clock, cookies }: Environment, issuer: Issuer, lock: Lock, { take, end }: Renewal): SignIn {
  return {
    async login({ username, password, otp, scope, device }) {
      // Known beforehand: a session made now would be lost at the first refresh.
      if (!cookies) throw new SessionError('cookies_blocked');
      const body = { username, password, otp, scope, device };
      await lock(async () => take(granted(await issuer('/auth/login', { body, cookie: true })), 'login'));
    },

    async logout(scope = 'this') {
      // Idempotent, so a lost answer is asked for again; and the session counts as over only when the issuer says so.
      for (let left = 2; ; left--) {
        try {
          return await lock(async () => {
            accepted(await issuer('/auth/logout', { body: { scope }, cookie: true, keepalive: left === 2 }));
            if (scope !== 'others') end('logout');
          });
        } catch (error) {
          const wait = isPassing(error) ? (error.retryAfter ?? 1) : Infinity;
          if (!left || wait > 10) throw error;
          await clock.sleep(wait * 1_000);
        }
      }
    },
  };
}
