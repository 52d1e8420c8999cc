import { beforeEach, describe, expect, it } from 'vitest';
import { FakeBrowser } from './world/fakeBrowser.js';
import { api, type FakeTab } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

const minute = 60_000;
const hour = 60 * minute;

describe('signing out', () => {
  let world: World;
  beforeEach(() => void (world = new World()));

  const logout = (tab: FakeTab, scope?: 'this' | 'others' | 'all') => world.time.until(tab.session.logout(scope));
  const logouts = () => world.issuer.log.filter(({ path }) => path === '/auth/logout');
  const unavailable = { status: 503, headers: { 'Retry-After': '1' } };
  const bob = { username: 'bob', password: 'battery staple', otp: '123456' };

  it('shows cookie and token, and is over once the issuer said so', async () => {
    const tab = await signedIn(world);
    const token = await world.time.until(tab.session.getAccessToken());

    await logout(tab);

    expect(tab.session.state).toEqual({ status: 'signed_out', reason: 'logout' });
    expect(logouts()).toHaveLength(1);
    expect(logouts()[0]!.headers.get('Authorization')).toBe(`Bearer ${token}`);
    expect(world.issuer.alive('alice')).toEqual([]);
    expect(world.browser.cookie).toBeUndefined();
  });

  it.each([
    ['while the token is good', 0],
    ['long after the token expired', 20 * minute],
  ])('ends the session by the token when the cookie is gone, %s', async (_, later) => {
    const tab = await signedIn(world);
    await world.time.advance(later);
    world.browser.cookie = undefined;

    await logout(tab);

    expect(world.issuer.alive('alice')).toEqual([]);
  });

  it('ends both sessions when the cookie is that of another', async () => {
    const tab = await signedIn(world, { channel: false });
    await world.time.until(world.browser.openTab({ channel: false }).session.login(bob));
    // The sign-in over it ended the first one; one more of the same user stands for a session that lives on.
    world.issuer.families.get('sid-1')!.dead = false;

    await logout(tab);

    expect(world.issuer.alive('alice')).toEqual([]);
    expect(world.issuer.alive('bob')).toEqual([]);
    expect(logouts().map(({ cookie, headers }) => [!!cookie, headers.has('Authorization')])).toEqual([[true, true], [false, true], [true, false]]);
  });

  it('of everywhere ends every session of the one on the screen, and of another in this browser only that one', async () => {
    await world.time.until(new FakeBrowser(world).openTab().session.login(bob));
    await world.time.until(new FakeBrowser(world).openTab().session.login({ username: 'alice', password: 'correct horse' }));
    const tab = await signedIn(world, { channel: false });
    await world.time.until(world.browser.openTab({ channel: false }).session.login(bob));
    world.issuer.families.get(tab.session.state.sessionId!)!.dead = false;

    await logout(tab, 'all');

    expect(world.issuer.alive('alice')).toEqual([]);
    expect(world.issuer.alive('bob')).toHaveLength(1);
  });

  it.each([
    ['503', 'unavailable', () => (world.issuer.outage = unavailable)],
    ['a dead line', 'network', () => (world.fate = () => 'request_lost')],
    ['a page of something on the way', 'unexpected', () => (world.issuer.outage = { status: 200, body: { hello: 'from a captive portal' } })],
    ['a refusal', 'forbidden_origin', () => (world.issuer.outage = { status: 403, body: { error: 'forbidden_origin' } })],
  ])('that meets %s says so, signs every tab out all the same, and is told again until the issuer has heard of it', async (_, code, trouble) => {
    const tab = await signedIn(world);
    const other = world.browser.openTab();
    await world.time.until(other.session.ready);
    trouble();

    await expect(logout(tab)).rejects.toMatchObject({ code });
    await world.time.advance(100);

    expect([tab, other].map(({ session }) => session.state)).toEqual(Array(2).fill({ status: 'signed_out', reason: 'logout_pending' }));
    await expect(world.time.until(other.session.fetch(api))).rejects.toMatchObject({ code: 'signed_out' });
    expect(world.issuer.alive('alice')).toHaveLength(1);

    world.issuer.outage = undefined;
    world.fate = () => 'arrives';
    await world.time.advance(5_000);

    expect([tab, other].map(({ session }) => session.state)).toEqual(Array(2).fill({ status: 'signed_out', reason: 'logout' }));
    expect(world.issuer.alive('alice')).toEqual([]);
    expect(world.browser.cookie).toBeUndefined();
    expect(tab.events.slice(-3).map((event) => Object(event).reason)).toEqual(['logout', 'logout_pending', 'logout']);
  });

  it('whose answer was lost is told again, and then was done', async () => {
    const tab = await signedIn(world);
    let lost = 1;
    world.fate = () => (lost-- > 0 ? 'response_lost' : 'arrives');

    await expect(logout(tab)).rejects.toMatchObject({ code: 'network' });
    await world.time.advance(5_000);

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'logout' });
    expect(world.browser.cookie).toBeUndefined();
  });

  it('is told ever more rarely, and at once when the line is back', async () => {
    const tab = await signedIn(world);
    let attempts = 0;
    world.fate = ({ path }) => ((attempts += +(path === '/auth/logout')), 'request_lost');
    await expect(logout(tab)).rejects.toMatchObject({ code: 'network' });

    await world.time.advance(hour);
    const offline = attempts;
    world.fate = () => 'arrives';
    tab.fire('online');
    await world.time.advance(100);

    expect(offline).toBeGreaterThan(10);
    expect(offline).toBeLessThan(30);
    expect(tab.session.state.reason).toBe('logout');
    const asked = world.issuer.log.length;
    await world.time.advance(hour);
    expect(world.issuer.log).toHaveLength(asked);
  });

  it('is not undone by a refresh that was under way', async () => {
    const tab = await signedIn(world);
    await world.time.advance(6 * minute);
    world.latency = 500;
    tab.session.getAccessToken().catch(() => {});
    await world.time.advance(200);
    tab.events.length = 0;

    await logout(tab);
    await world.time.advance(1_000);

    expect(tab.types).toEqual(['signed_out']);
    expect(world.issuer.alive('alice')).toEqual([]);
  });

  it('is not undone by a password change that was under way', async () => {
    const tab = await signedIn(world);
    world.latency = 500;
    tab.session.changePassword('correct horse', 'a better horse').catch(() => {});
    await world.time.advance(600);
    tab.events.length = 0;

    await logout(tab);
    await world.time.advance(1_000);

    expect(tab.types).toEqual(['signed_out']);
    expect(world.issuer.passwords.get('alice')).toBe('a better horse');
    expect(world.issuer.alive('alice')).toEqual([]);
  });

  it('in two tabs at once is told by both, and neither believes the other', async () => {
    const tab = await signedIn(world);
    const other = world.browser.openTab();
    await world.time.until(other.session.ready);
    world.fate = ({ path }) => (path === '/auth/logout' ? 'request_lost' : 'arrives');

    const told = await world.time.until(Promise.allSettled([tab.session.logout(), other.session.logout()]));

    expect(told.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    world.fate = () => 'arrives';
    await world.time.advance(10_000);
    expect([tab, other].map(({ session }) => session.state.reason)).toEqual(['logout', 'logout']);
    expect(world.issuer.alive('alice')).toEqual([]);
  });

  it('keeps a tab that is opened meanwhile from going on with the session', async () => {
    const tab = await signedIn(world);
    world.issuer.outage = unavailable;
    await expect(logout(tab)).rejects.toMatchObject({ code: 'unavailable' });
    world.fate = ({ path }) => (path === '/auth/logout' ? 'request_lost' : 'arrives');
    world.issuer.outage = undefined;

    const late = world.browser.openTab();
    await world.time.until(late.session.ready);

    expect(late.session.state).toEqual({ status: 'signed_out', reason: 'logout_pending' });
  });

  it('comes before the next sign-in, which waits for it and is not touched by it', async () => {
    const tab = await signedIn(world);
    const other = world.browser.openTab();
    await world.time.until(other.session.ready);
    world.issuer.outage = unavailable;
    await expect(logout(tab)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(world.time.until(tab.session.login(bob))).rejects.toMatchObject({ code: 'unavailable' });
    world.issuer.outage = undefined;
    const before = logouts().length;

    await world.time.until(tab.session.login(bob));
    await world.time.advance(hour / 4);

    expect(logouts()).toHaveLength(before + 1);
    expect(world.issuer.alive('alice')).toEqual([]);
    expect([tab.status, other.status]).toEqual(['signed_in', 'signed_in']);
    expect((await world.time.until(other.session.me())).username).toBe('bob');
  });

  it('that comes late leaves the session alone that began in another tab meanwhile', async () => {
    const tab = await signedIn(world, { channel: false });
    world.issuer.outage = unavailable;
    await expect(logout(tab)).rejects.toMatchObject({ code: 'unavailable' });
    tab.freeze();
    world.issuer.outage = undefined;
    const other = world.browser.openTab({ channel: false });
    await world.time.until(other.session.login(bob));
    world.issuer.families.get('sid-1')!.dead = false;

    tab.thaw();
    await world.time.advance(minute);

    expect(world.issuer.alive('alice')).toEqual([]);
    expect(world.issuer.alive('bob')).toHaveLength(1);
    expect(other.status).toBe('signed_in');
  });
});
