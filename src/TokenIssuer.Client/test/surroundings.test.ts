import { beforeEach, describe, expect, it, vi } from 'vitest';
import { api, type FakeTab } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

const minute = 60_000;
const hour = 60 * minute;

describe('bad surroundings', () => {
  let world: World;
  beforeEach(() => void (world = new World()));

  const refreshes = () => world.issuer.refreshes.length;
  const token = (tab: FakeTab) => world.time.until(tab.session.getAccessToken());

  it.each([
    ['no Web Locks', { locks: false }],
    ['no channel between tabs', { channel: false }],
    ['neither', { locks: false, channel: false }],
  ])('%s: each tab works alone, and one refresh serves all its calls', async (_, options) => {
    const tabs = [await signedIn(world, options), world.browser.openTab(options)];
    await world.time.until(tabs[1]!.session.ready);
    await world.time.advance(6 * minute);
    const before = refreshes();

    await world.time.until(Promise.all(tabs.flatMap(({ session }) => [session.getAccessToken(), session.getAccessToken()])));

    expect(refreshes() - before).toBeLessThanOrEqual(2);
    expect(tabs.map(({ status }) => status)).toEqual(['signed_in', 'signed_in']);
    expect(world.issuer.reuses).toBe(0);
  });

  it('without a channel a tab learns of another user from the issuer', async () => {
    const tab = await signedIn(world, { channel: false });
    const other = world.browser.openTab({ channel: false });
    await world.time.until(other.session.login({ username: 'bob', password: 'battery staple', otp: '123456' }));

    await expect(world.time.until(tab.session.fetch(`${api}/notes`))).rejects.toMatchObject({ code: 'session_changed' });

    expect(tab.types.at(-1)).toBe('switched');
    expect(world.calls).toHaveLength(1);
  });

  it('without locks a refusal of the old cookie does not undo the sign-in of another tab', async () => {
    const tab = await signedIn(world, { locks: false });
    const other = world.browser.openTab({ locks: false });
    await world.time.advance(6 * minute);
    world.latency = 500;
    const refresh = tab.session.getAccessToken();
    await world.time.advance(100);
    world.latency = 20;
    await world.time.until(other.session.login({ username: 'alice', password: 'correct horse' }));

    await world.time.until(refresh);

    expect(world.issuer.refreshes.at(-1)!.cookie).not.toBe(world.browser.cookie);
    expect([tab.status, other.status]).toEqual(['signed_in', 'signed_in']);
    expect(tab.types).not.toContain('signed_out');
  });

  it('storage blocked, so that locks refuse and channels throw: the tab works alone', async () => {
    world.browser.locks.blocked = true;
    vi.spyOn(world, 'ports').mockImplementation(() => {
      throw new DOMException('storage is blocked', 'SecurityError');
    });
    const tab = await signedIn(world);
    await world.time.advance(6 * minute);

    await token(tab);

    expect(tab.status).toBe('signed_in');
  });

  it('cookies disabled: a clear code, no session made, nothing sent', async () => {
    world.browser.cookieEnabled = false;
    const tab = world.browser.openTab();

    const login = tab.session.login({ username: 'alice', password: 'correct horse' });

    await expect(login).rejects.toMatchObject({ code: 'cookies_blocked' });
    expect(tab.session.state).toEqual({ status: 'signed_out', reason: 'cookies_blocked' });
    await world.time.advance(hour);
    expect(world.issuer.log).toHaveLength(0);
  });

  it('cookies dropped silently: told as such at the first refresh', async () => {
    world.browser.keepsCookies = false;
    const tab = await signedIn(world);
    await world.time.advance(6 * minute);

    await expect(token(tab)).rejects.toMatchObject({ code: 'signed_out' });

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'cookies_blocked' });
  });

  it('offline on page load: unknown, few attempts, found again when the line is back', async () => {
    (await signedIn(world)).session.close();
    world.fate = () => 'request_lost';
    const tab = world.browser.openTab();
    const before = refreshes();

    const state = await world.time.until(tab.session.ready);
    await world.time.advance(20 * minute);
    world.fate = () => 'arrives';
    tab.fire('online');
    await world.time.advance(1_000);

    expect(state.status).toBe('unknown');
    expect(tab.status).toBe('signed_in');
    expect(refreshes() - before).toBe(1);
  });

  it('offline: calls fail with a code, attempts stay few, and the session is kept', async () => {
    const tab = await signedIn(world);
    const attempts = vi.fn(() => 'request_lost' as const);
    world.fate = attempts;
    for (let minutes = 0; minutes < 25; minutes++) {
      tab.fire('keydown');
      await world.time.advance(minute);
    }

    await expect(token(tab)).rejects.toMatchObject({ code: 'network' });

    expect(attempts.mock.calls.length).toBeLessThan(25);
    expect(tab.status).toBe('signed_in');
    expect(tab.types).toContain('trouble');
    expect(tab.types).not.toContain('signed_out');
  });

  it('503 on refresh: waits as told, keeps the session, ends well', async () => {
    const tab = await signedIn(world);
    await world.time.advance(6 * minute);
    world.issuer.outage = { status: 503, headers: { 'Retry-After': '7' } };
    const pending = tab.session.getAccessToken();
    await world.time.advance(6_500);
    expect(refreshes()).toBe(2);
    world.issuer.outage = undefined;

    await world.time.until(pending);

    expect(refreshes()).toBe(3);
    expect(tab.status).toBe('signed_in');
  });

  it('503 that asks for an hour: fails with the wait, bounded, and keeps the session', async () => {
    const tab = await signedIn(world);
    await world.time.advance(6 * minute);
    world.issuer.outage = { status: 503, headers: { 'Retry-After': '3600' } };
    const start = world.time.now;

    await expect(token(tab)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 3600, status: 503 });

    expect(world.time.now - start).toBeLessThan(minute);
    expect(refreshes()).toBe(2);
    world.issuer.outage = undefined;
    await world.time.advance(1.5 * minute);
    await token(tab);
    expect(tab.types).not.toContain('signed_out');
  });

  it.each([
    [500, {}],
    [502, {}],
    [404, {}],
    [403, { error: 'forbidden_origin' }],
    [400, { error: 'something else' }],
    [401, { error: 'invalid_client' }],
    [200, { hello: 'from a captive portal' }],
  ])('%i from something on the way never signs out and never loops', async (status, body) => {
    const tab = await signedIn(world);
    world.issuer.outage = { status, body };
    for (let minutes = 0; minutes < 20; minutes++) {
      tab.fire('keydown');
      await world.time.advance(minute);
    }
    await expect(token(tab)).rejects.toMatchObject({ name: 'SessionError' });
    expect(refreshes()).toBeLessThan(30);
    world.issuer.outage = undefined;
    await world.time.advance(5 * minute);

    await token(tab);

    expect(tab.types).not.toContain('signed_out');
  });

  it.each([403, 404, 503])('%i at page load and for an hour after: unknown, asked ever more rarely, found in the end', async (status) => {
    (await signedIn(world)).session.close();
    world.issuer.idle = 7_200;
    world.issuer.families.get('sid-1')!.idleAt += 2 * hour;
    world.issuer.outage = { status };
    const tab = world.browser.openTab();
    const before = refreshes();

    await world.time.until(tab.session.ready);
    expect(tab.status).toBe('unknown');
    await world.time.advance(hour);
    expect(refreshes() - before).toBeLessThan(30);
    world.issuer.outage = undefined;
    await world.time.advance(6 * minute);

    expect(tab.status).toBe('signed_in');
  });
});
