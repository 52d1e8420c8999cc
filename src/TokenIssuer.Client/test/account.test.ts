import { beforeEach, describe, expect, it } from 'vitest';
import { api, type FakeTab } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

describe('signing in and out', () => {
  let world: World;
  beforeEach(() => void (world = new World()));

  const login = (tab: FakeTab, credentials: object) =>
    world.time.until(tab.session.login({ username: 'alice', password: 'correct horse', ...credentials }));

  it('asks for the cookie delivery by not asking, and sends what was given', async () => {
    const tab = world.browser.openTab();
    await login(tab, { scope: 'notes:read', device: 'kitchen' });

    expect(world.issuer.log.at(-1)!.body).toEqual({ username: 'alice', password: 'correct horse', scope: 'notes:read', device: 'kitchen' });
    expect(tab.session.state).toEqual({ status: 'signed_in', sessionId: 'sid-1', scope: 'notes:read' });
  });

  it.each([
    ['a wrong password', { password: 'no' }, 'invalid_credentials'],
    ['a missing one-time code', { username: 'bob', password: 'battery staple' }, 'mfa_required'],
  ])('says %s by its code, and makes no session', async (_, credentials, code) => {
    const tab = world.browser.openTab();
    await world.time.until(tab.session.ready);

    await expect(login(tab, credentials)).rejects.toMatchObject({ code, status: 401 });

    expect(tab.status).toBe('signed_out');
  });

  it.each([
    [{ status: 429, headers: { 'Retry-After': '30' }, body: {} }, { code: 'throttled', retryAfter: 30 }],
    [{ status: 409, body: { error: 'session_limit' } }, { code: 'session_limit' }],
    [{ status: 503, headers: { 'Retry-After': '2' } }, { code: 'unavailable', retryAfter: 2 }],
    [{ status: 403, body: { error: 'forbidden_origin' } }, { code: 'forbidden_origin' }],
    [{ status: 418, body: { error: 'teapot' } }, { code: 'unexpected', status: 418 }],
  ])('tells %o', async (reply, error) => {
    const tab = world.browser.openTab();
    await world.time.until(tab.session.ready);
    world.issuer.outage = reply;

    await expect(login(tab, {})).rejects.toMatchObject(error);
  });

  it('keeps the old session when a login over it fails', async () => {
    const tab = await signedIn(world);

    await expect(login(tab, { password: 'no' })).rejects.toMatchObject({ code: 'invalid_credentials' });

    expect((await world.time.until(tab.session.fetch(api))).status).toBe(200);
  });

  it('signs the others out and stays', async () => {
    const { FakeBrowser } = await import('./world/fakeBrowser.js');
    const phone = new FakeBrowser(world).openTab();
    await login(phone, {});
    const tab = await signedIn(world);

    await world.time.until(tab.session.logout('others'));

    expect((await world.time.until(tab.session.fetch(api))).status).toBe(200);
    await expect(world.time.until(phone.session.fetch(api))).rejects.toMatchObject({ code: 'signed_out' });
  });
});

describe('account', () => {
  let world: World;
  let tab: FakeTab;

  beforeEach(async () => {
    world = new World();
    tab = await signedIn(world);
  });

  it('knows who is signed in and where', async () => {
    const { FakeBrowser } = await import('./world/fakeBrowser.js');
    const phone = new FakeBrowser(world).openTab();
    await world.time.until(phone.session.login({ username: 'alice', password: 'correct horse' }));

    expect(await world.time.until(tab.session.me())).toMatchObject({ sub: 'alice' });
    const sessions = await world.time.until(tab.session.sessions());
    expect(sessions.map(({ current }) => current)).toEqual([true, false]);

    await world.time.until(tab.session.endSession(sessions[1]!.id));

    await expect(world.time.until(phone.session.fetch(api))).rejects.toMatchObject({ code: 'signed_out' });
    expect(tab.status).toBe('signed_in');
  });

  it('takes the cookie along when it ends its own session', async () => {
    await world.time.until(tab.session.endSession(tab.session.state.sessionId!));

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'logout' });
    expect(world.browser.cookie).toBeUndefined();
  });

  it('says that there is no such session', async () => {
    await expect(world.time.until(tab.session.endSession('a/b'))).rejects.toMatchObject({ code: 'not_found' });
    expect(world.issuer.log.at(-1)!.path).toBe('/auth/sessions/a%2Fb');
  });

  it('goes on with a new session after a password change, also when the token had just been killed', async () => {
    world.issuer.forgetAccess();

    await world.time.until(tab.session.changePassword('correct horse', 'a better horse'));

    expect(tab.types.at(-1)).toBe('renewed');
    expect((await world.time.until(tab.session.fetch(api))).status).toBe(200);
    expect(world.issuer.alive('alice')).toHaveLength(1);
  });

  it('shows the one-time code with a password change when there is one', async () => {
    await world.time.until(tab.session.changePassword('correct horse', 'a better horse'));
    await world.time.until(tab.session.changePassword('a better horse', 'the best horse', '123456'));

    expect(world.issuer.log.filter(({ path }) => path === '/auth/password').map(({ body }) => body)).toEqual([
      { current_password: 'correct horse', new_password: 'a better horse' },
      { current_password: 'a better horse', new_password: 'the best horse', otp: '123456' },
    ]);
    expect((await world.time.until(tab.session.fetch(api))).status).toBe(200);
  });

  it('keeps session and password when the one-time code is wrong', async () => {
    const changing = tab.session.changePassword('correct horse', 'a better horse', '000000');

    await expect(world.time.until(changing)).rejects.toMatchObject({ code: 'invalid_credentials', status: 403 });

    expect((await world.time.until(tab.session.fetch(api))).status).toBe(200);
    expect(world.issuer.passwords.get('alice')).toBe('correct horse');
  });

  it.each([
    ['wrong', 'long enough', { code: 'invalid_credentials', status: 403 }],
    ['correct horse', 'short', { code: 'weak_password', reasons: ['too short'] }],
  ])('refuses to change the password from %s to %s', async (current, next, error) => {
    await expect(world.time.until(tab.session.changePassword(current, next))).rejects.toMatchObject(error);

    expect((await world.time.until(tab.session.fetch(api))).status).toBe(200);
  });
});
