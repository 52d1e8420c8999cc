import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { createSession, SessionError, type SessionErrorCode } from '../src/index.js';
import { signedIn, World } from './world/world.js';

describe('what is kept where', () => {
  it('no source file knows of web storage or document.cookie', () => {
    const sources = readdirSync('src').map((name) => readFileSync(`src/${name}`, 'utf8'));

    expect(sources.length).toBeGreaterThan(10);
    for (const source of sources) expect(source).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|window\.name/);
  });

  it('closing lets go of everything: nothing is asked, told or heard any more', async () => {
    const world = new World();
    const tab = await signedIn(world);
    const other = world.browser.openTab();
    await world.time.until(other.session.ready);

    tab.session.close();
    tab.events.length = 0;
    await world.time.until(other.session.logout());
    tab.fire('keydown');
    tab.fire('online');
    await world.time.advance(3_600_000);

    expect(tab.events).toEqual([]);
  });

  it('a listener that throws disturbs neither the session nor the other listeners', async () => {
    const world = new World();
    const tab = world.browser.openTab();
    const thrown: unknown[] = [];
    vi.stubGlobal('queueMicrotask', (run: () => void) => {
      void Promise.resolve().then(run).catch((error) => thrown.push(error));
    });
    tab.session.onChange(() => {
      throw new Error('mine');
    });
    const seen = vi.fn();
    const stop = tab.session.onChange(seen);

    await world.time.until(tab.session.login({ username: 'alice', password: 'correct horse' }));
    stop();
    await world.time.until(tab.session.logout());
    vi.unstubAllGlobals();

    expect(thrown).not.toEqual([]);
    expect(seen.mock.lastCall).toEqual([{ type: 'signed_in', by: 'login' }, tab.events.length ? expect.objectContaining({ status: 'signed_in' }) : null]);
  });
});

describe('the public surface', () => {
  it('is two names', async () => {
    expect(Object.keys(await import('../src/index.js')).sort()).toEqual(['SessionError', 'createSession']);
  });

  it('runs where there is no page, no lock and no cookie flag, and can be let go', async () => {
    const fetch = vi.fn(async () => Response.json({ error: 'invalid_grant' }, { status: 400 }));
    vi.stubGlobal('fetch', fetch);

    const session = createSession({ issuer: 'https://login.example.com' });
    const state = await session.ready;
    session.close();
    vi.unstubAllGlobals();

    expect(state.status).toBe('signed_out');
    expect(fetch.mock.calls[0]).toMatchObject(['https://login.example.com/auth/refresh', { credentials: 'include', keepalive: true, redirect: 'error', cache: 'no-store' }]);
  });

  it('has a closed union of error codes', () => {
    const isCode = (code: SessionErrorCode): boolean => {
      switch (code) {
        case 'signed_out': case 'session_changed': case 'idle': case 'cookies_blocked': case 'origin_not_listed':
        case 'network': case 'unavailable': case 'throttled': case 'invalid_credentials': case 'mfa_required':
        case 'session_limit': case 'weak_password': case 'forbidden_origin': case 'not_found': case 'unexpected':
          return true;
        default:
          return code satisfies never;
      }
    };

    expect(isCode(new SessionError('idle').code)).toBe(true);
  });
});
