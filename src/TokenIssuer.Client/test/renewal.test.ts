import { beforeEach, describe, expect, it } from 'vitest';
import { api } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

const minute = 60_000;
const keys = (world: World) => world.issuer.refreshes.map(({ headers }) => headers.get('Idempotency-Key'));

describe('renewal', () => {
  let world: World;
  beforeEach(() => void (world = new World()));

  it('finds the session of the cookie on page load', async () => {
    const first = await signedIn(world);
    first.session.close();

    const reloaded = world.browser.openTab();
    const state = await world.time.until(reloaded.session.ready);

    expect(state).toMatchObject({ status: 'signed_in', scope: 'notes:read' });
    expect(reloaded.events).toEqual([{ type: 'signed_in', by: 'resume' }]);
  });

  it('finds no session without a cookie, asks once and then rests', async () => {
    const tab = world.browser.openTab();

    const state = await world.time.until(tab.session.ready);
    await world.time.advance(600 * minute);

    expect(state).toEqual({ status: 'signed_out', reason: 'none' });
    expect(world.issuer.refreshes).toHaveLength(1);
    await expect(tab.session.getAccessToken()).rejects.toMatchObject({ code: 'signed_out' });
  });

  it('puts one refresh on the wire for any number of calls', async () => {
    const { session } = await signedIn(world);
    await world.time.advance(6 * minute);

    const calls = Array.from({ length: 50 }, () => session.getAccessToken());
    const tokens = await world.time.until(Promise.all(calls));

    expect(new Set(tokens).size).toBe(1);
    expect(world.issuer.refreshes).toHaveLength(2);
  });

  it('refreshes ahead of expiry while somebody is there, so that calls never wait', async () => {
    const tab = await signedIn(world);

    for (let i = 0; i < 60; i++) {
      tab.fire('keydown');
      await world.time.advance(minute);
      const before = world.issuer.log.length;
      await tab.session.getAccessToken();
      expect(world.issuer.log.length).toBe(before);
    }

    expect(world.issuer.refreshes.length).toBeGreaterThan(10);
    expect(world.issuer.refreshes.length).toBeLessThan(20);
  });

  it('spreads the moment of refreshing over a fifth of the lifetime', async () => {
    const moments = [];
    for (const random of [0, 0.999]) {
      world = new World();
      world.random = () => random;
      const tab = await signedIn(world);
      tab.fire('keydown');
      const start = world.time.now;
      while (world.issuer.refreshes.length < 2) await world.time.advance(1_000);
      moments.push(Math.round((world.time.now - start) / 1_000));
    }

    expect(moments).toEqual([270, 211].map((seconds) => expect.closeTo(seconds, -1)));
  });

  it('lets the token lapse while nobody is there', async () => {
    await signedIn(world);
    const before = world.issuer.refreshes.length;

    await world.time.advance(28 * minute);

    expect(world.issuer.refreshes).toHaveLength(before);
  });

  it('sends a random key of at least 16 characters, a new one once the answer arrived', async () => {
    const { session } = await signedIn(world);
    for (let i = 0; i < 3; i++) {
      await world.time.advance(6 * minute);
      await world.time.until(session.getAccessToken());
    }

    expect(new Set(keys(world)).size).toBe(keys(world).length);
    for (const key of keys(world)) expect(key).toMatch(/^[0-9-]{16,43}$/);
  });

  it.each(['request_lost', 'response_lost', 'hangs'] as const)('keeps the key when the exchange %s, and gets the same successor', async (fate) => {
    const { session } = await signedIn(world);
    await world.time.advance(6 * minute);
    let left = 2;
    world.fate = () => (left-- > 0 ? fate : 'arrives');

    await world.time.until(session.getAccessToken());

    expect(new Set(keys(world).slice(1)).size).toBe(1);
    expect(world.issuer.reuses).toBe(0);
    expect(world.browser.cookie).toMatch(/\.1$/);
  });

  it('keeps the key over minutes without an answer', async () => {
    const { session } = await signedIn(world);
    await world.time.advance(6 * minute);
    world.fate = () => 'response_lost';
    await expect(world.time.until(session.getAccessToken())).rejects.toMatchObject({ code: 'network' });
    await world.time.advance(5 * minute);
    world.fate = () => 'arrives';

    await world.time.until(session.getAccessToken());

    expect(world.issuer.reuses).toBe(0);
    expect(new Set(keys(world).slice(1)).size).toBe(1);
  });

  it('keeps the token out of addresses and the refresh token out of everything', async () => {
    const { session, browser } = await signedIn(world);
    await world.time.until(session.fetch(`${api}/notes`));

    const seen = JSON.stringify([...world.issuer.log, ...world.calls].map(({ path, body }) => [path, body]));
    expect(seen).not.toContain('access-');
    expect(JSON.stringify([session, session.state])).not.toMatch(/access-/);
    expect(JSON.stringify(session.state)).not.toContain(browser.cookie);
  });

  it('asks for no ever shorter tokens near the absolute end', async () => {
    world.issuer.absolute = 600;
    world.issuer.idle = 1_800;
    const tab = await signedIn(world);

    for (let second = 0; second < 700; second++) {
      tab.fire('keydown');
      await world.time.advance(1_000);
    }

    expect(world.issuer.refreshes.length).toBeLessThan(7);
    expect(tab.session.state).toEqual({ status: 'signed_out', reason: 'expired' });
  });

  it('signs out when the issuer refuses, and asks no more', async () => {
    const tab = await signedIn(world);
    world.issuer.revokeAll('alice');
    await world.time.advance(6 * minute);

    await expect(world.time.until(tab.session.getAccessToken())).rejects.toMatchObject({ code: 'signed_out' });
    const asked = world.issuer.log.length;
    tab.fire('keydown');
    await world.time.advance(600 * minute);

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'ended' });
    expect(world.issuer.log).toHaveLength(asked);
  });
});
