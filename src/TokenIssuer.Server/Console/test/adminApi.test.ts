import { SessionError } from '@tokenissuer/client';
import { describe, expect, it, vi } from 'vitest';
import { createAdminApi } from '../src/api/adminApi.js';
import { AdminError } from '../src/api/adminError.js';
import { wordsFor } from '../src/ui/words.js';

const json = (status: number, body: object) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
const tooOld = () => json(403, { code: 'insufficient_user_authentication', title: 'The login is too long ago.' });

function apiWith(...answers: Response[]) {
  const asked: { url: string; method: string; body: unknown; background: boolean | undefined }[] = [];
  const stepUp = vi.fn(async () => {});
  const fetch = async (input: string | URL | Request, init: RequestInit & { background?: boolean } = {}) => {
    asked.push({ url: String(input), method: init.method ?? 'GET', body: init.body && JSON.parse(String(init.body)), background: init.background });
    const answer = answers.shift();
    if (!answer) throw new TypeError('no answer');
    return answer;
  };
  return { api: createAdminApi({ fetch }, new URL('https://login.example/admin/'), stepUp), asked, stepUp };
}

describe('the administration API', () => {
  it('asks for the password and repeats the call when the login is too long ago', async () => {
    const { api, asked, stepUp } = apiWith(tooOld(), json(200, { revoked: { sessions: 2, api_tokens: 1 } }));

    const revoked = await api.revoke({ user: 'u1' }, 'lost phone');

    expect(revoked).toEqual({ sessions: 2, api_tokens: 1 });
    expect(stepUp).toHaveBeenCalledTimes(1);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual({ url: 'https://login.example/admin/revocations', method: 'POST', body: { user: 'u1', reason: 'lost phone' }, background: false });
  });

  it('asks once only, and then gives the refusal', async () => {
    const { api, stepUp } = apiWith(tooOld(), tooOld());

    await expect(api.keys()).rejects.toMatchObject({ code: 'insufficient_user_authentication' });

    expect(stepUp).toHaveBeenCalledTimes(1);
  });

  it('never asks for the password from a timer', async () => {
    const { api, asked, stepUp } = apiWith(tooOld());

    await expect(api.overview()).rejects.toMatchObject({ code: 'insufficient_user_authentication' });

    expect(stepUp).not.toHaveBeenCalled();
    expect(asked[0]?.background).toBe(true);
  });

  it('does nothing when the question is closed', async () => {
    const { api, asked, stepUp } = apiWith(tooOld());
    stepUp.mockRejectedValue(new Error('closed'));

    await expect(api.disable('u1')).rejects.toThrow('closed');

    expect(asked).toHaveLength(1);
  });

  it('tells when a rotated key signs later', async () => {
    const { api } = apiWith(json(202, { signs_from: '2026-11-23T10:00:00Z' }), json(200, {}));

    expect(await api.rotate()).toBe('2026-11-23T10:00:00Z');
    expect(await api.rotate()).toBeUndefined();
  });

  it('writes ids and queries so that they stay what they are', async () => {
    const { api, asked } = apiWith(json(200, { users: [] }), json(200, { sessions: [] }), json(200, { events: [], next: 'c/2' }));

    const users = await api.users('a&b=c', undefined);
    await api.sessionsOf('../keys');
    const audit = await api.audit({ user: 'u 1', after: '7' });

    expect(users).toEqual({ items: [] });
    expect(audit).toEqual({ items: [], next: 'c/2' });
    expect(asked.map(({ url }) => url)).toEqual([
      'https://login.example/admin/users?query=a%26b%3Dc&limit=25',
      'https://login.example/admin/users/..%2Fkeys/sessions',
      'https://login.example/admin/audit?after=7&user=u+1&limit=50',
    ]);
  });

  it('names the user whose second factor is reset and who is deleted', async () => {
    const { api, asked } = apiWith(new Response(null, { status: 204 }), new Response(null, { status: 204 }));

    await api.resetSecondFactor('../keys');
    await api.deleteUser('../keys');

    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://login.example/admin/users/..%2Fkeys/totp/reset',
      'DELETE https://login.example/admin/users/..%2Fkeys',
    ]);
  });

  it('reads refusals that are no problem documents', async () => {
    const { api } = apiWith(new Response('<h1>Bad gateway</h1>', { status: 502 }));

    await expect(api.keys()).rejects.toMatchObject({ code: 'unexpected', status: 502 });
  });
});

describe('what the administrator is told', () => {
  it('names the reasons of a refusal', () => {
    expect(wordsFor(new AdminError('weak_password', 422, 'The password is too weak.', ['It is too short.']))).toBe('The password is too weak. It is too short.');
  });

  it('has words for the session’s errors and for a dead line', () => {
    expect(wordsFor(new SessionError('throttled'))).toMatch(/Wait/);
    expect(wordsFor(new TypeError('Failed to fetch'))).toMatch(/does not answer/);
  });
});
