import type { Bearer } from './bearer.js';
import { accepted, type Call, granted, type Issuer } from './issuer.js';
import type { Lock } from './lock.js';
import type { SessionMemory } from './memory.js';
import type { Renewal } from './renewal.js';
import type { SignOut } from './signOut.js';

/** One signed-in device of the user, as the issuer lists it; instants as ISO 8601. */
export interface DeviceSession {
  readonly id: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly device?: string;
  readonly user_agent?: string;
  /** Coarse: enough to recognise a place, not a person. */
  readonly ip?: string;
  readonly client_id: string;
  /** This very session. */
  readonly current: boolean;
}

/** Who is signed in. */
export interface SignedInUser {
  readonly sub: string;
  readonly username: string;
  readonly roles: readonly string[];
  readonly session_id: string;
  /** When the password was last given, in seconds since 1970. */
  readonly auth_time?: number;
}

/** What a signed-in user does with their own account. */
export interface Account {
  me(): Promise<SignedInUser>;
  sessions(): Promise<readonly DeviceSession[]>;
  endSession(id: string): Promise<void>;
  changePassword(current: string, next: string, otp?: string): Promise<void>;
}

export function createAccount(
  issuer: Issuer,
  bearer: Bearer,
  lock: Lock,
  memory: SessionMemory,
  { take }: Renewal,
  { logout }: SignOut,
): Account {
  const ask = (path: string, call: Call) =>
    bearer.send('', (token) => issuer(path, { ...call, headers: { Authorization: `Bearer ${token}` } }));

  return {
    async me() {
      return accepted(await ask('/auth/me', { method: 'GET' })) as unknown as SignedInUser;
    },

    async sessions() {
      return accepted(await ask('/auth/sessions', { method: 'GET' }))['sessions'] as DeviceSession[];
    },

    async endSession(id) {
      // Only a logout takes the cookie along.
      if (id === memory.sessionId) return logout();
      accepted(await ask(`/auth/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' }));
    },

    async changePassword(current, next, otp) {
      const body = { current_password: current, new_password: next, otp };
      // The lock is taken around each request, not around the refresh between them, which needs it too.
      const change = (token: string) =>
        lock(async () => {
          const { sessionId } = memory;
          const reply = await issuer('/auth/password', { body, headers: { Authorization: `Bearer ${token}` }, cookie: true });
          // The new session is taken before the lock is released: the next tab to refresh holds its cookie already.
          if (reply.status !== 401) take(granted(reply), 'resume', sessionId);
          return reply;
        });
      accepted(await bearer.send('', change));
    },
  };
}
