import { beforeEach, describe, expect, it } from 'vitest';
import { api, type FakeTab } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

const minute = 60_000;

describe('five tabs', () => {
  let world: World;
  let tabs: FakeTab[];

  beforeEach(async () => {
    world = new World();
    tabs = [await signedIn(world)];
    while (tabs.length < 5) tabs.push(world.browser.openTab());
    await world.time.until(Promise.all(tabs.map(({ session }) => session.ready)));
  });

  const all = <T>(work: (tab: FakeTab) => Promise<T>) => world.time.until(Promise.all(tabs.map(work)));

  it('share one token: a new tab asks the others, not the issuer', async () => {
    const tokens = await all(({ session }) => session.getAccessToken());

    expect(new Set(tokens).size).toBe(1);
    // The one refresh is the question of the very first page load.
    expect(world.issuer.refreshes).toHaveLength(1);
  });

  it('put one refresh on the wire when the token lapsed for all of them', async () => {
    await world.time.advance(6 * minute);

    const tokens = await all(({ session }) => session.getAccessToken());

    expect(new Set(tokens).size).toBe(1);
    expect(world.issuer.refreshes).toHaveLength(2);
    expect(tabs.map(({ status }) => status)).toEqual(Array(5).fill('signed_in'));
  });

  it('put one refresh on the wire when an API refuses the token of all of them', async () => {
    world.issuer.forgetAccess();

    const answers = await all(({ session }) => session.fetch(`${api}/notes`));

    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(world.issuer.refreshes).toHaveLength(2);
  });

  it('refresh ahead of expiry once, not five times', async () => {
    for (let i = 0; i < 10; i++) {
      for (const tab of tabs) tab.fire('keydown');
      await world.time.advance(minute);
    }

    expect(world.issuer.refreshes.length).toBeLessThanOrEqual(4);
  });

  it('are all signed out within a second of a logout in one', async () => {
    await world.time.until(tabs[2]!.session.logout());
    await world.time.advance(1_000);

    expect(tabs.map(({ events }) => events.at(-1))).toEqual(Array(5).fill({ type: 'signed_out', reason: 'logout' }));
    expect(world.browser.cookie).toBeUndefined();
    const asked = world.issuer.log.length;
    await world.time.advance(60 * minute);
    expect(world.issuer.log).toHaveLength(asked);
  });

  it('are all signed in by a login in one', async () => {
    await world.time.until(tabs[0]!.session.logout());

    await world.time.until(tabs[1]!.session.login({ username: 'alice', password: 'correct horse' }));
    await world.time.advance(100);

    expect(tabs.map(({ status }) => status)).toEqual(Array(5).fill('signed_in'));
    expect(tabs[4]!.events.at(-1)).toEqual({ type: 'signed_in', by: 'other_tab' });
    expect(new Set(tabs.map(({ session }) => session.state.sessionId)).size).toBe(1);
  });

  it('all learn that another user signed in', async () => {
    await world.time.until(tabs[0]!.session.login({ username: 'bob', password: 'battery staple', otp: '123456' }));
    await world.time.advance(100);

    expect(tabs.slice(1).map(({ events }) => events.at(-1)?.type)).toEqual(Array(4).fill('switched'));
    const users = await all(async ({ session }) => (await session.me()).username);
    expect(new Set(users)).toEqual(new Set(['bob']));
  });

  it('never send a call of one user in the name of another', async () => {
    world.latency = 2_000;
    const pending = tabs[1]!.session.fetch(`${api}/notes`, { method: 'POST', body: '{"from":"alice"}' });
    pending.catch(() => {});
    world.api = () => ({ status: 401 });
    void world.browser.tabs[0]!.session.login({ username: 'bob', password: 'battery staple', otp: '123456' });

    await expect(world.time.until(pending)).rejects.toMatchObject({ code: 'session_changed' });

    expect(world.calls).toHaveLength(1);
  });

  it('go on as the same user after a password change in one', async () => {
    world.latency = 500;
    const change = tabs[0]!.session.changePassword('correct horse', 'a better horse');
    await world.time.until(change);
    await world.time.advance(100);

    expect(tabs.map(({ events }) => events.at(-1)?.type)).toEqual(Array(5).fill('renewed'));
    const answers = await all(({ session }) => session.fetch(`${api}/notes`));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
  });

  it('wait with a refresh while one changes the password', async () => {
    world.latency = 500;
    const change = tabs[0]!.session.changePassword('correct horse', 'a better horse');
    await world.time.advance(100);

    await world.time.until(Promise.all([change, tabs[1]!.session.stay()]));
    await world.time.advance(100);

    expect(tabs.flatMap(({ types }) => types)).not.toContain('signed_out');
    expect(world.issuer.refreshes).toHaveLength(1);
  });

  it('hand on the key of a refresh whose tab died before the answer', async () => {
    await world.time.advance(6 * minute);
    world.fate = () => 'hangs';
    const lost = tabs[0]!.session.getAccessToken();
    lost.catch(() => {});
    await world.time.advance(200);
    tabs[0]!.crash();
    world.fate = () => 'arrives';
    await world.time.advance(5 * minute);

    await world.time.until(tabs[3]!.session.getAccessToken());

    expect(world.issuer.reuses).toBe(0);
    const [first, second] = world.issuer.refreshes.slice(-2).map(({ headers }) => headers.get('Idempotency-Key'));
    expect(second).toBe(first);
  });

  it('tell a tab opened later about an unanswered refresh', async () => {
    await world.time.advance(6 * minute);
    world.fate = () => 'response_lost';
    await expect(world.time.until(tabs[0]!.session.getAccessToken())).rejects.toMatchObject({ code: 'network' });
    await world.time.advance(2 * minute);
    world.fate = () => 'arrives';

    const late = world.browser.openTab();
    const { status } = await world.time.until(late.session.ready);

    expect(status).toBe('signed_in');
    expect(world.issuer.reuses).toBe(0);
  });

  it('do not believe a late answer to a question of somebody else', async () => {
    tabs[0]!.freeze();
    tabs.push(world.browser.openTab());
    await world.time.advance(1_000);
    await world.time.until(tabs[1]!.session.login({ username: 'bob', password: 'battery staple', otp: '123456' }));
    await world.time.advance(1_000);

    tabs[0]!.thaw();
    await world.time.advance(1_000);

    const { sessionId } = tabs[1]!.session.state;
    expect(tabs.map(({ session }) => session.state.sessionId)).toEqual(Array(6).fill(sessionId));
    expect(tabs[2]!.types.filter((type) => type === 'switched')).toHaveLength(1);
  });

  it('do not end their session for the refusal of an older one', async () => {
    world.issuer.revokeAll('alice');
    await world.time.advance(6 * minute);
    tabs[0]!.session.getAccessToken().catch(() => {});
    await world.time.advance(60);
    tabs[0]!.freeze();
    await world.time.until(tabs[1]!.session.login({ username: 'bob', password: 'battery staple', otp: '123456' }));

    tabs[0]!.thaw();
    await world.time.advance(1_000);

    expect(tabs.map(({ status }) => status)).toEqual(Array(5).fill('signed_in'));
    expect(tabs.slice(1).flatMap(({ types }) => types)).not.toContain('signed_out');
  });

  it('age the news a frozen tab reads late', async () => {
    tabs[0]!.freeze();
    await world.time.advance(6 * minute);
    await world.time.until(tabs[1]!.session.getAccessToken());
    await world.time.advance(14 * minute);
    tabs[0]!.thaw();

    const { status } = await world.time.until(tabs[0]!.session.fetch(`${api}/notes`));

    expect(status).toBe(200);
    // One call: the token was known to have lapsed.
    expect(world.calls).toHaveLength(1);
  });

  it('do not let a refresh under way overwrite the cookie of a sign-in', async () => {
    await world.time.advance(6 * minute);
    world.latency = 500;
    const refresh = tabs[0]!.session.getAccessToken();
    await world.time.advance(600);
    world.latency = 20;
    const login = tabs[1]!.session.login({ username: 'bob', password: 'battery staple', otp: '123456' });
    await world.time.until(Promise.all([refresh, login]));
    await world.time.advance(1_000);

    expect(world.browser.cookie).toBe(`${tabs[1]!.session.state.sessionId}.0`);
  });

  it('ask an issuer in trouble one at a time, and not before it said', async () => {
    await world.time.advance(6 * minute);
    world.issuer.outage = { status: 503, headers: { 'Retry-After': '10' } };
    const before = world.issuer.log.length;
    const calls = tabs.map(({ session }) => session.getAccessToken());
    for (const call of calls) call.catch(() => {});

    await world.time.advance(9_000);
    expect(world.issuer.log).toHaveLength(before + 1);
    world.issuer.outage = undefined;
    await world.time.until(Promise.all(calls));

    expect(world.issuer.log).toHaveLength(before + 2);
  });

  it('in a second browser are not heard', async () => {
    const { FakeBrowser } = await import('./world/fakeBrowser.js');
    const other = new FakeBrowser(world).openTab();

    const { status } = await world.time.until(other.session.ready);

    expect(status).toBe('signed_out');
  });
});
