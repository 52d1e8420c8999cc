import { describe, expect, it } from 'vitest';
import { attacks } from '../src/lab/attacks.js';
import { type Call, masked, type Send } from '../src/lab/exchange.js';
import { Interrupted, Scene, type Step, tokensOf } from '../src/lab/scene.js';

/** An issuer that lets everybody do everything, or nobody anything. */
function sceneWith(send: Send) {
  const steps: Step[] = [];
  const reached: (number | undefined)[] = [];
  let time = 0;
  const theatre = { send, plant: () => {}, now: () => (time += 100) };
  const stage = { show: (step: Step) => void steps.push(step), family: () => {}, reached: (after: number | undefined) => void reached.push(after) };
  return { scene: new Scene(theatre, stage), steps, reached };
}

const answering = (status: number): Send => async (call) => ({ call, status, body: { access_token: 'a', refresh_token: 'r', session_id: 's' } });

describe('the attack lab', () => {
  it.each(attacks)('$id: finds out an issuer that lets the thief in', async (attack) => {
    const { scene, reached } = sceneWith(answering(200));

    await attack.play(scene);

    expect(scene.surprise).toMatch(/^Not as it should be/);
    expect(reached).toEqual([undefined]);
  });

  it.each(attacks)('$id: stops where nobody can sign in', async (attack) => {
    const { scene } = sceneWith(answering(429));

    await expect(attack.play(scene)).rejects.toThrow(Interrupted);
  });

  it('measures from the answer that killed to the first refusal of the API', async () => {
    const statuses = [200, 503, 401];
    const { scene, reached, steps } = sceneWith(async (call) => ({ call, status: statuses.shift() ?? 500, body: {} }));

    await scene.untilRefused('Tries', 'token');

    expect(reached).toEqual([300]);
    expect(steps.map(({ exchange }) => exchange?.status)).toEqual([401]);
    expect(scene.surprise).toBeUndefined();
  });

  it('takes back the password that a play left behind', async () => {
    const calls: Call[] = [];
    let password = 'correct-horse-battery-lab';
    const { scene } = sceneWith(async (call) => {
      calls.push(call);
      if (call.path === '/auth/login' && call.body?.['password'] !== password) return { call, status: 401, body: {} };
      if (call.path === '/auth/password') password = call.body?.['new_password'] ?? '';
      return { call, status: 200, body: {} };
    });

    await attacks[1]!.play(scene);

    expect(password).toBe('correct-horse-1');
    expect(calls.filter(({ path }) => path === '/auth/login')).toHaveLength(3);
  });

  it('shows no secret whole', () => {
    const token = 'abcdefgh'.repeat(10);

    expect(masked({ refresh_token: token, password: 'correct-horse-1', new_password: 'x', scope: 'notes:read notes:write', type: 'urn:tokenissuer:problem:token_revoked' })).toBe(
      '{ "refresh_token": "…abcdefgh", "password": "********", "new_password": "********", "scope": "notes:read notes:write", "type": "urn:tokenissuer:problem:token_revoked" }',
    );
    expect(masked({})).toBe('');
    expect(tokensOf({ call: {} as Call, status: 200, body: { access_token: token, session_id: 's' } })).toEqual({ access: token, refresh: '', session: 's' });
  });
});
