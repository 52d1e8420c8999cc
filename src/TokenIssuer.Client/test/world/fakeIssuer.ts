import type { Timeline } from './timeline.js';

/** One login on one device, as the issuer keeps it. */
interface Family {
  readonly id: string;
  readonly user: string;
  readonly endsAt: number;
  generation: number;
  rotatedAt: number;
  key: string | null;
  idleAt: number;
  dead: boolean;
}

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly cookie: string | undefined;
}

export interface FakeReply {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Record<string, string>;
  /** The refresh cookie to set; null clears it. */
  readonly cookie?: string | null;
}

const seconds = 1_000;

/** The wire contract in memory: rotation with both forgiving windows, reuse detection, logout, password change. */
export class FakeIssuer {
  readonly log: FakeRequest[] = [];
  readonly families = new Map<string, Family>();
  reuses = 0;
  lifetime = 300;
  idle = 1_800;
  absolute = 43_200;
  passwords = new Map([['alice', 'correct horse'], ['bob', 'battery staple']]);
  /** Answers this instead of anything else, while set. */
  outage: FakeReply | undefined;
  #count = 0;
  readonly #access = new Map<string, { family: Family; expiresAt: number }>();

  constructor(readonly time: Timeline) {}

  get refreshes(): FakeRequest[] {
    return this.log.filter(({ path }) => path === '/auth/refresh');
  }

  answer(request: FakeRequest): FakeReply {
    this.log.push(request);
    if (this.outage) return this.outage;
    const { method, path } = request;
    if (path === '/auth/login') return this.#login(request);
    if (path === '/auth/refresh') return this.#refresh(request);
    if (path === '/auth/logout') return this.#logout(request);
    const family = this.bearer(request.headers);
    if (!family) return { status: 401 };
    if (path === '/auth/password') return this.#password(request, family);
    if (path === '/auth/me') return { status: 200, body: { sub: family.user, username: family.user, roles: [], session_id: family.id, auth_time: 0 } };
    if (method === 'DELETE') return this.#endSession(family, path.split('/').at(-1) ?? '');
    return { status: 200, body: { sessions: this.alive(family.user).map(({ id }) => ({ id, current: id === family.id })) } };
  }

  /** The living session a request's access token belongs to: the check a resource API makes. */
  bearer(headers: Headers): Family | undefined {
    const access = this.#access.get(headers.get('Authorization')?.replace('Bearer ', '') ?? '');
    return access && !access.family.dead && access.expiresAt > this.time.now ? access.family : undefined;
  }

  alive(user: string): Family[] {
    return [...this.families.values()].filter((family) => family.user === user && !family.dead);
  }

  revokeAll(user: string): void {
    for (const family of this.alive(user)) family.dead = true;
  }

  /** Kills access tokens but no session, as a change of roles does. */
  forgetAccess(): void {
    this.#access.clear();
  }

  #login({ body, cookie }: FakeRequest): FakeReply {
    const user = String(body['username']);
    if (this.passwords.get(user) !== body['password']) return { status: 401, body: { error: 'invalid_credentials' } };
    if (user === 'bob' && body['otp'] !== '123456') return { status: 401, body: { error: 'mfa_required' } };
    const before = this.#parse(cookie);
    if (before) before.family.dead = true;
    return this.#start(user);
  }

  #start(user: string): FakeReply {
    const { now } = this.time;
    const family: Family = {
      id: `sid-${++this.#count}`,
      user,
      endsAt: now + this.absolute * seconds,
      generation: 0,
      rotatedAt: now,
      key: null,
      idleAt: now + this.idle * seconds,
      dead: false,
    };
    this.families.set(family.id, family);
    return this.#grant(family);
  }

  #refresh({ cookie, headers }: FakeRequest): FakeReply {
    const { now } = this.time;
    const refused = { status: 400, body: { error: 'invalid_grant' } };
    if (cookie === undefined) return { status: 400, body: { error: 'invalid_request' } };
    const presented = this.#parse(cookie);
    if (!presented) return refused;
    const { family, generation } = presented;
    if (family.dead || now >= family.idleAt || now >= family.endsAt) return refused;

    const key = headers.get('Idempotency-Key');
    if (generation === family.generation) {
      Object.assign(family, { generation: generation + 1, rotatedAt: now, key, idleAt: now + this.idle * seconds });
      return this.#grant(family);
    }
    const age = now - family.rotatedAt;
    if (generation === family.generation - 1 && (age <= 30 * seconds || (age <= 600 * seconds && key === family.key))) return this.#grant(family);
    this.reuses++;
    family.dead = true;
    return refused;
  }

  #logout({ body, cookie, headers }: FakeRequest): FakeReply {
    const byCookie = this.#parse(cookie)?.family;
    // Expired is good enough for signing out.
    const byToken = this.#access.get(headers.get('Authorization')?.replace('Bearer ', '') ?? '')?.family;
    if (byCookie && byToken && byCookie !== byToken) return { status: 400, body: { error: 'invalid_request' } };
    const family = byCookie ?? byToken;
    if (family) {
      const scope = body['scope'] ?? 'this';
      for (const other of this.alive(family.user)) if (scope === 'all' || (other === family) === (scope === 'this')) other.dead = true;
      if (scope === 'others') return { status: 204 };
    }
    return { status: 204, cookie: null };
  }

  #password({ body }: FakeRequest, { user }: Family): FakeReply {
    const isRight = body['current_password'] === this.passwords.get(user) && [undefined, '123456'].includes(body['otp'] as string);
    if (!isRight) return { status: 403, body: { code: 'invalid_credentials' } };
    if (String(body['new_password']).length < 8) return { status: 422, body: { code: 'weak_password', reasons: ['too short'] } };
    this.passwords.set(user, String(body['new_password']));
    this.revokeAll(user);
    return this.#start(user);
  }

  #endSession({ user }: Family, id: string): FakeReply {
    const family = this.alive(user).find((candidate) => candidate.id === id);
    if (!family) return { status: 404, body: { code: 'not_found' } };
    family.dead = true;
    return { status: 204 };
  }

  #grant(family: Family): FakeReply {
    const { now } = this.time;
    const access = `access-${++this.#count}`;
    const left = (end: number) => Math.floor((end - now) / seconds);
    const expiresIn = Math.min(this.lifetime, left(family.endsAt));
    this.#access.set(access, { family, expiresAt: now + expiresIn * seconds });
    return {
      status: 200,
      cookie: `${family.id}.${family.generation}`,
      body: {
        access_token: access,
        token_type: 'Bearer',
        expires_in: expiresIn,
        scope: 'notes:read',
        session_id: family.id,
        session_expires_in: left(family.endsAt),
        idle_expires_in: left(family.idleAt),
      },
    };
  }

  #parse(cookie: string | undefined): { family: Family; generation: number } | undefined {
    const [id = '', generation] = cookie?.split('.') ?? [];
    const family = this.families.get(id);
    return family && { family, generation: Number(generation) };
  }
}
