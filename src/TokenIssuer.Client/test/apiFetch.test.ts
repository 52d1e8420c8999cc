import { beforeEach, describe, expect, it } from 'vitest';
import { api, type FakeTab } from './world/fakeTab.js';
import type { FakeReply } from './world/fakeIssuer.js';
import { signedIn, World } from './world/world.js';

const notes = `${api}/api/notes`;
const unavailable = (seconds?: number): FakeReply => ({ status: 503, headers: seconds === undefined ? {} : { 'Retry-After': `${seconds}` } });

describe('fetch', () => {
  let world: World;
  let tab: FakeTab;

  beforeEach(async () => {
    world = new World();
    tab = await signedIn(world);
  });

  const fetch: FakeTab['session']['fetch'] = (...call) => world.time.until(tab.session.fetch(...call));

  /** The API answers these, one after the other, and then as usual. */
  function answers(...replies: FakeReply[]): void {
    const usual = world.api;
    world.api = (request) => replies.shift() ?? usual(request);
  }

  it('adds the token and leaves the rest of the call alone', async () => {
    const { status } = await fetch(notes, { method: 'POST', body: '{"text":"milk"}', headers: { 'X-Mine': '1' } });

    expect(status).toBe(200);
    const { method, body, headers } = world.calls[0]!;
    expect([method, body, headers.get('X-Mine')]).toEqual(['POST', { text: 'milk' }, '1']);
    expect(headers.get('Authorization')).toMatch(/^Bearer access-/);
  });

  it('takes a Request, a URL, and an address relative to the page', async () => {
    await fetch(new Request(notes, { method: 'PUT', body: '{}' }));
    await fetch(new URL(notes));
    await fetch('/own/api');

    expect(world.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /api/notes', 'GET /api/notes', 'GET /own/api']);
  });

  it('sends no token, and nothing at all, to an origin that is not listed', async () => {
    await expect(fetch('https://elsewhere.example.net/')).rejects.toMatchObject({ code: 'origin_not_listed' });
    expect(world.calls).toHaveLength(0);
  });

  it('on 401 refreshes once and retries once, body included', async () => {
    world.issuer.forgetAccess();

    const { status } = await fetch(notes, { method: 'POST', body: '{"text":"milk"}' });

    expect(status).toBe(200);
    expect(world.calls.map(({ body }) => body)).toEqual([{ text: 'milk' }, { text: 'milk' }]);
    expect(world.issuer.refreshes).toHaveLength(2);
  });

  it('returns the second 401, and does not refresh again for an API that refuses fresh tokens', async () => {
    world.api = () => ({ status: 401 });

    for (let i = 0; i < 20; i++) expect((await fetch(notes)).status).toBe(401);

    expect(world.issuer.refreshes).toHaveLength(2);
    expect(world.calls).toHaveLength(21);
  });

  it('still notices the end of the session when another API refuses', async () => {
    world.api = ({ path, headers }) => ({ status: path === '/broken' || !world.issuer.bearer(headers) ? 401 : 200 });
    await fetch('/broken');
    world.issuer.revokeAll('alice');

    await expect(fetch(notes)).rejects.toMatchObject({ code: 'signed_out' });

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'ended' });
  });

  it('notices at the first call that the session was ended elsewhere', async () => {
    world.issuer.revokeAll('alice');

    await expect(fetch(notes)).rejects.toMatchObject({ code: 'signed_out' });

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'ended' });
  });

  it('does not take an issuer in trouble for a sign-out', async () => {
    world.issuer.forgetAccess();
    world.issuer.outage = unavailable();

    await expect(fetch(notes)).rejects.toMatchObject({ code: 'unavailable' });

    expect(tab.status).toBe('signed_in');
  });

  it('on 503 waits as long as the server says and tries again', async () => {
    answers(unavailable(7));
    const start = world.time.now;

    const { status } = await fetch(notes, { method: 'POST', body: '{}' });

    expect(status).toBe(200);
    expect(world.time.now - start).toBeGreaterThanOrEqual(7_000);
    expect(tab.status).toBe('signed_in');
  });

  it.each([
    ['a third 503', 'GET', [unavailable(1), unavailable(1), unavailable(1)], 3],
    ['a 503 that asks for more than 30 s', 'GET', [unavailable(31)], 1],
    ['a 503 without a word to a POST, which may have happened', 'POST', [unavailable()], 1],
    ['any other failure', 'GET', [{ status: 500 }], 1],
  ])('returns %s as it is', async (_, method, replies, calls) => {
    answers(...replies);

    const { status } = await fetch(notes, { method });

    expect(status).toBe(replies[0]!.status);
    expect(world.calls).toHaveLength(calls);
    expect(tab.status).toBe('signed_in');
  });

  it('repeats a GET after a 503 without a word', async () => {
    answers(unavailable());

    expect((await fetch(notes)).status).toBe(200);
  });

  it('stops waiting when the caller gives up', async () => {
    answers(unavailable(20));
    const caller = new AbortController();
    const start = world.time.now;
    const pending = tab.session.fetch(notes, { signal: caller.signal });
    world.time.after(1_000, () => caller.abort());

    await expect(world.time.until(pending)).rejects.toMatchObject({ name: 'AbortError' });

    expect(world.time.now - start).toBe(1_000);
  });

  it('passes a failure of the network on as fetch does', async () => {
    world.fate = () => 'request_lost';

    await expect(fetch(notes)).rejects.toBeInstanceOf(TypeError);
  });

  it('waits on page load for the session to be found', async () => {
    tab.session.close();
    tab = world.browser.openTab();

    expect((await fetch(notes)).status).toBe(200);
  });

  it('rejects at once without a session', async () => {
    await world.time.until(tab.session.logout());

    await expect(fetch(notes)).rejects.toMatchObject({ code: 'signed_out' });

    expect(world.calls).toHaveLength(0);
  });
});
