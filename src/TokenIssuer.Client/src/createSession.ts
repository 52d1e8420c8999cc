import { createAccount } from './account.js';
import { createApiFetch } from './apiFetch.js';
import { createBearer } from './bearer.js';
import { browser, type Environment } from './environment.js';
import { SessionError } from './errors.js';
import { createIssuer } from './issuer.js';
import { createLock } from './lock.js';
import { SessionMemory } from './memory.js';
import { createRenewal } from './renewal.js';
import type { Session, SessionOptions } from './session.js';
import { createLogIn } from './signIn.js';
import { createSignOut } from './signOut.js';
import { createWatch } from './watch.js';

/**
 * Finds the session of this browser, if it has one, and keeps it. One call per page.
 *
 * @example
 * const session = createSession({ issuer: 'https://login.example.com', apis: ['https://api.example.com'] });
 * const { status } = await session.ready;
 */
export function createSession(options: SessionOptions): Session {
  return createSessionIn(browser(), options);
}

/** The same in an environment of the caller's making; tests bring their own clock, network and tabs. */
export function createSessionIn(env: Environment, { issuer: url, apis = [], warnBefore = 60 }: SessionOptions): Session {
  const address = url.replace(/\/$/, '');
  // The number is the version of the messages: tabs of an older deployment are left to themselves.
  const name = `tokenissuer/1 ${address}`;
  const origins = new Set([address, env.base() ?? address, ...apis].map((url) => new URL(url).origin));

  const memory = new SessionMemory(env.clock, env.random, warnBefore * 1_000);
  const issuer = createIssuer(env, address);
  const lock = createLock(env, name);
  const renewal = createRenewal(env, name, issuer, lock, memory);
  if (!env.cookies) memory.signOut('cookies_blocked');

  const { renew } = renewal;
  const signOut = createSignOut(issuer, lock, memory, renewal);
  const { touch, stop } = createWatch(env, memory, renewal, signOut);
  const bearer = createBearer(memory, renewal, touch);
  const { logout } = signOut;
  const known = memory.status === 'unknown' ? renew().catch(() => {}) : Promise.resolve();

  return {
    get state() {
      return memory.state;
    },
    ready: known.then(() => memory.state),
    login: createLogIn(env, issuer, lock, renewal, signOut),
    logout,
    ...createAccount(issuer, bearer, lock, memory, renewal, signOut),
    getAccessToken: () => bearer.token(),
    fetch: createApiFetch(env, bearer, origins),
    async stay() {
      if (memory.status === 'signed_out') throw new SessionError('signed_out');
      touch();
      await renew();
    },
    onChange: (listener) => memory.listen(listener),
    close: stop,
  };
}
