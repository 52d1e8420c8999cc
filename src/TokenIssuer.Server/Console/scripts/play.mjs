// The issuer of the demo: one administrator, some users, and things that happen.
/** @typedef {{ status: number, body?: object, cookie?: string }} Answer */

const minute = 60_000;
const ago = (/** @type {number} */ ms) => new Date(Date.now() - ms).toISOString();
const ahead = (/** @type {number} */ ms) => ago(-ms);
const problem = (/** @type {number} */ status, /** @type {string} */ code, title = code) => ({ status, body: { type: `urn:tokenissuer:problem:${code}`, title, status, code } });

export function createPlay() {
  let signedIn = false;
  let confirmedAt = 0;
  let serial = 0;
  const started = Date.now();
  const users = ['admin', 'alice', 'bob', 'carol', 'dave', 'erin', 'mallory'].map((username, index) => ({
    id: `0198c5e${index}-7d1a-4c56-9b1e-2f6f0c7a9d1${index}`,
    username,
    roles: username === 'admin' ? ['admin'] : username === 'carol' ? ['editor', 'auditor'] : [],
    disabled: username === 'mallory',
  }));
  const sessions = new Map(users.map(({ id, username }) => [id, username === 'mallory' ? [] : [session(`${username}-1`, true), session(`${username}-2`, false)]]));
  const keys = [key('retiring', 61), key('signing', 31), key('announced', 1)];
  /** @type {object[]} */
  const events = [];
  for (let hours = 48; hours > 0; hours--) happen(hours % 7 ? 'login' : hours % 2 ? 'refresh_reuse' : 'logout', users[hours % 6], hours * 37 * minute);

  function session(/** @type {string} */ name, /** @type {boolean} */ desktop) {
    return {
      id: `${name}-`.padEnd(43, 'Qx7'),
      created_at: ago(90 * minute),
      last_used_at: ago(3 * minute),
      expires_at: ahead(600 * minute),
      device: desktop ? 'Work laptop' : null,
      user_agent: desktop ? 'Chrome 141 · Windows' : 'Safari 19 · iOS',
      ip: '203.0.113.0/24',
      client_id: 'spa',
      current: name === 'admin-1',
    };
  }

  function key(/** @type {string} */ phase, /** @type {number} */ days) {
    return { kid: `${phase.slice(0, 3)}${days}`.padEnd(43, 'kP2'), alg: 'ES256', phase, created_at: ago(days * 1_440 * minute) };
  }

  function happen(/** @type {string} */ type, /** @type {{ id: string } | undefined} */ user, before = 0, reason = /** @type {string | null} */ (null)) {
    events.unshift({ id: String(++serial), at: ago(before), type, user: user?.id ?? null, session: null, actor: null, ip: '203.0.113.7', user_agent: 'Chrome 141 · Windows', reason });
  }

  function token(/** @type {Answer} */ extra = { status: 200 }) {
    return { ...extra, body: { access_token: `demo-${++serial}`, token_type: 'Bearer', expires_in: 300, scope: '', session_id: 'demo', session_expires_in: 43_200, idle_expires_in: 1_800 } };
  }

  /** @returns {Answer} */
  function auth(/** @type {string} */ path, /** @type {Record<string, unknown>} */ body) {
    switch (path) {
      case '/auth/login':
        if (body['password'] === 'wrong') return { status: 401, body: { error: 'invalid_credentials' } };
        signedIn = true;
        confirmedAt = Date.now();
        return token({ status: 200, cookie: 'yes' });
      case '/auth/refresh':
        return signedIn ? token() : { status: 400, body: { error: 'invalid_grant' } };
      case '/auth/logout':
        signedIn = false;
        return { status: 204, cookie: '' };
      case '/auth/me':
        return { status: 200, body: { sub: users[0]?.id, username: 'admin', roles: ['admin'], session_id: 'demo', auth_time: confirmedAt / 1_000 } };
      default:
        return problem(404, 'not_found');
    }
  }

  /** @returns {Answer} */
  function admin(/** @type {string} */ method, /** @type {string} */ path, /** @type {URLSearchParams} */ query, /** @type {Record<string, any>} */ body) {
    const [, page, id, part] = path.split('/').slice(1);
    const user = users.find((user) => user.id === id);
    const wave = (/** @type {number} */ size, speed = 40_000) => Math.round(size * (1 + 0.4 * Math.sin((Date.now() - started) / speed) + 0.2 * Math.random()));
    switch (`${method} ${page}${part ? `/${part}` : ''}`) {
      case 'GET overview':
        return {
          status: 200,
          body: {
            active_sessions: wave(120), logins_per_minute: wave(4), refreshes_per_minute: wave(36), revocations_per_minute: wave(2), reuse_last_24h: 3,
            feed_age_ms: wave(8), denylist_entries: wave(40), store: { kind: 'sqlite', ready: true }, keys,
          },
        };
      case 'GET users': {
        if (user) return { status: 200, body: user };
        const found = users.filter(({ username }) => username.includes(query.get('query') ?? ''));
        const from = Number(query.get('cursor') ?? 0);
        return { status: 200, body: { users: found.slice(from, from + 5), next: from + 5 < found.length ? String(from + 5) : null } };
      }
      case 'POST users': {
        if (String(body['password']).length < 8) return { status: 422, body: { code: 'weak_password', title: 'The password is too weak.', reasons: ['It has fewer than 8 characters.'] } };
        const made = { id: `new-${++serial}`, username: String(body['username']), roles: body['roles'], disabled: false };
        users.push(made);
        sessions.set(made.id, []);
        return { status: 201, body: made };
      }
      case 'GET users/sessions':
        return { status: 200, body: { sessions: sessions.get(id ?? '') } };
      case 'POST users/disable':
      case 'POST users/enable':
        if (user) user.disabled = part === 'disable';
        if (part === 'disable') sessions.set(id ?? '', []);
        happen(part === 'disable' ? 'user_disabled' : 'user_enabled', user);
        return { status: 204 };
      case 'POST users/password':
        sessions.set(id ?? '', []);
        happen('password_changed', user);
        return { status: 204 };
      case 'POST users/totp':
        sessions.set(id ?? '', []);
        happen('second_factor_reset', user);
        return { status: 204 };
      case 'DELETE users':
        if (!user) return problem(404, 'not_found', 'There is no such thing.');
        users.splice(users.indexOf(user), 1);
        sessions.delete(user.id);
        happen('user_deleted', user);
        return { status: 204 };
      case 'PUT users/roles':
        if (user) user.roles = body['roles'];
        happen('roles_changed', user);
        return { status: 204 };
      case 'POST revocations': {
        let ended = 0;
        for (const [owner, alive] of sessions) {
          const hit = alive.filter((session) => body['everything'] || body['user'] === owner || body['session'] === session.id);
          ended += hit.length;
          if (!body['dry_run']) sessions.set(owner, alive.filter((session) => !hit.includes(session)));
          if (!body['dry_run'] && hit.length) happen('revoked', { id: owner }, 0, String(body['reason']));
        }
        return { status: 200, body: { revoked: { sessions: ended, api_tokens: body['session'] ? 0 : 1 }, revocation_id: String(++serial) } };
      }
      case 'GET keys':
        return { status: 200, body: { keys } };
      case 'POST keys':
        happen('key_rotated', undefined);
        return { status: 202, body: { signs_from: ahead(23 * 60 * minute) } };
      case 'POST keys/retire':
        keys.splice(keys.findIndex(({ kid }) => kid === id), 1);
        happen('key_retired', undefined);
        return { status: 204 };
      case 'GET audit': {
        if (Math.random() < 0.3) happen(Math.random() < 0.5 ? 'login' : 'logout', users[1 + Math.floor(Math.random() * 5)]);
        const mine = events.filter((event) => !query.get('user') || Object(event).user === query.get('user'));
        const from = Number(query.get('after') ?? 0);
        const to = from + Number(query.get('limit') ?? 50);
        return { status: 200, body: { events: mine.slice(from, to), next: to < mine.length ? String(to) : null } };
      }
      default:
        return problem(404, 'not_found', 'There is no such thing.');
    }
  }

  /** @returns {Answer} */
  return (/** @type {import('node:http').IncomingMessage} */ request, /** @type {string} */ path, /** @type {URLSearchParams} */ query, /** @type {Record<string, any>} */ body) => {
    if (path.startsWith('/auth/')) return auth(path, body);
    if (!signedIn || !request.headers.authorization) return problem(401, 'invalid_token');
    // Five minutes here, so that the question can be met in a short visit.
    if (Date.now() - confirmedAt > 5 * minute) return problem(403, 'insufficient_user_authentication', 'The login is too long ago.');
    return admin(request.method ?? 'GET', path, query, body);
  };
}
