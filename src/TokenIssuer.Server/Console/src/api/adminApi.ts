import type { Session } from '@tokenissuer/client';
import { problemOf } from './adminError.js';
import type { AuditEvent, Key, Overview, Page, Revoked, Target, User } from './model.js';

/** The code of a token whose login is too long ago for administration. */
export const stepUpCode = 'insufficient_user_authentication';

interface Ask {
  readonly body?: object;
  /** Asked by a timer, not by the administrator: neither keeps the session alive nor asks for the password. */
  readonly background?: boolean;
}

export interface AuditQuery {
  readonly after?: string | undefined;
  readonly user?: string | undefined;
  readonly limit?: number;
  readonly background?: boolean;
}

export type AdminApi = ReturnType<typeof createAdminApi>;

/**
 * The administration API. `stepUp` has the administrator give the password again; it is called when the last time is too
 * long ago, and the call is then repeated once.
 */
export function createAdminApi(session: Pick<Session, 'fetch'>, root: URL, stepUp: () => Promise<void>) {
  async function ask(method: string, path: string, { body, background = false }: Ask = {}): Promise<Response> {
    const send = () =>
      session.fetch(new URL(path, root), {
        method,
        background,
        cache: 'no-store',
        ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      });

    let response = await send();
    if (response.ok) return response;

    let problem = await problemOf(response);
    if (problem.code === stepUpCode && !background) {
      await stepUp();
      response = await send();
      if (response.ok) return response;
      problem = await problemOf(response);
    }
    throw problem;
  }

  const read = async (path: string, background = false) => (await (await ask('GET', path, { background })).json()) as Record<string, unknown>;

  return {
    overview: async () => (await read('overview', true)) as unknown as Overview,

    users: async (query: string, cursor?: string): Promise<Page<User>> =>
      pageOf(await read(`users?${parameters({ query, cursor, limit: '25' })}`), 'users'),

    user: async (id: string, background = false) => (await read(`users/${encodeURIComponent(id)}`, background)) as unknown as User,

    /** Who has exactly this name. */
    async named(username: string): Promise<User | undefined> {
      const { items } = await this.users(username);
      return items.find((user) => user.username.toLowerCase() === username.toLowerCase());
    },

    createUser: async (username: string, password: string, roles: readonly string[]) =>
      (await (await ask('POST', 'users', { body: { username, password, roles } })).json()) as User,

    disable: (id: string) => ask('POST', `users/${encodeURIComponent(id)}/disable`),

    enable: (id: string) => ask('POST', `users/${encodeURIComponent(id)}/enable`),

    setPassword: (id: string, password: string) => ask('POST', `users/${encodeURIComponent(id)}/password`, { body: { new_password: password } }),

    setRoles: (id: string, roles: readonly string[]) => ask('PUT', `users/${encodeURIComponent(id)}/roles`, { body: { roles } }),

    resetSecondFactor: (id: string) => ask('POST', `users/${encodeURIComponent(id)}/totp/reset`),

    deleteUser: (id: string) => ask('DELETE', `users/${encodeURIComponent(id)}`),

    sessionsOf: async (id: string) => (await read(`users/${encodeURIComponent(id)}/sessions`))['sessions'] as UserSession[],

    /** What a revocation would end. */
    weigh: async (target: Target): Promise<Revoked> => revokedOf(await ask('POST', 'revocations', { body: { ...target, reason: 'dry run', dry_run: true } })),

    revoke: async (target: Target, reason: string): Promise<Revoked> => revokedOf(await ask('POST', 'revocations', { body: { ...target, reason } })),

    keys: async () => (await read('keys'))['keys'] as Key[],

    /** The instant from which the promoted key signs, if that is not now. */
    async rotate(): Promise<string | undefined> {
      const response = await ask('POST', 'keys/rotate');
      return response.status === 202 ? String(((await response.json()) as Record<string, unknown>)['signs_from']) : undefined;
    },

    retire: (kid: string) => ask('POST', `keys/${encodeURIComponent(kid)}/retire`),

    audit: async ({ after, user, limit = 50, background = false }: AuditQuery): Promise<Page<AuditEvent>> =>
      pageOf(await read(`audit?${parameters({ after, user, limit: String(limit) })}`, background), 'events'),
  };
}

/** A session as an administrator sees it. */
export interface UserSession {
  readonly id: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
  readonly device?: string | null;
  readonly user_agent?: string | null;
  readonly ip?: string | null;
  readonly client_id: string;
  /** The session of the administrator who asks. */
  readonly current: boolean;
}

function parameters(values: Record<string, string | undefined>): string {
  return new URLSearchParams(Object.entries(values).filter((pair): pair is [string, string] => !!pair[1])).toString();
}

function pageOf<T>(body: Record<string, unknown>, name: string): Page<T> {
  const { next } = body;
  return { items: body[name] as T[], ...(next !== null && next !== undefined && { next: String(next) }) };
}

async function revokedOf(response: Response): Promise<Revoked> {
  return ((await response.json()) as { revoked: Revoked }).revoked;
}
