import type { Environment } from './environment.js';
import { SessionError } from './errors.js';
import { granted, type Issuer } from './issuer.js';
import type { Lock } from './lock.js';
import type { Renewal } from './renewal.js';
import type { SignOut } from './signOut.js';

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

/** Signing in; holds the lock, so that no refresh meets a half-changed cookie. */
export type LogIn = (credentials: Credentials) => Promise<void>;

export function createLogIn({ cookies }: Environment, issuer: Issuer, lock: Lock, { take }: Renewal, { deliver }: SignOut): LogIn {
  return async ({ username, password, otp, scope, device }) => {
    // Known beforehand: a session made now would be lost at the first refresh.
    if (!cookies) throw new SessionError('cookies_blocked');
    // First things first: said later, it could end the session that begins here.
    await deliver();
    const body = { username, password, otp, scope, device };
    await lock(async () => take(granted(await issuer('/auth/login', { body, cookie: true })), 'login'));
  };
}
