import { changePassword, readNotes, refresh, type Scene, signIn, tokensOf } from './scene.js';

/** A finding of a penetration test, played to its end. */
export interface Attack {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  /** What is to be learnt when it ends well. */
  readonly moral: string;
  play(scene: Scene): Promise<void>;
}

// The demo users of Development.
const alice = { username: 'alice', password: 'correct-horse-1' };
const bob = { username: 'bob', password: 'correct-horse-2' };
const meanwhile = 'correct-horse-battery-lab';

export const attacks: readonly Attack[] = [
  {
    id: 'replay',
    title: 'Steal and replay a refresh token',
    about: 'The thief copies a refresh token and uses it after the victim did. Nobody can tell the two apart, so a spent token ends the session for both.',
    moral: 'The replay ended the family: the thief has nothing, and the victim signs in again.',
    async play(scene) {
      const first = await victimSignsIn(scene);
      await thiefSteals(scene, first.access);
      const second = await scene.obtain('victim', 'Refreshes', refresh(first));
      const third = await scene.obtain('victim', 'Refreshes again', refresh(second));
      await scene.act('thief', 'Replays the stolen refresh token', refresh(first), 400);
      await scene.untilRefused('Tries the stolen access token', first.access);
      await scene.act('victim', 'Finds the session ended, and knows that something happened', refresh(third), 400);
      await scene.judge(third, 'dead');
    },
  },
  {
    id: 'logout',
    title: 'Refresh after logout',
    about: 'The thief keeps copies of both tokens and waits until the victim has signed out.',
    moral: 'Signing out killed the family at the issuer, and the access token in the API, minutes before it would have expired.',
    async play(scene) {
      const tokens = await victimSignsIn(scene);
      await thiefSteals(scene, tokens.access);
      const logout = { to: 'issuer', method: 'POST', path: '/auth/logout', body: { refresh_token: tokens.refresh } } as const;
      await scene.act('victim', 'Signs out', logout, 204);
      await scene.untilRefused('Tries the stolen access token', tokens.access);
      await scene.act('thief', 'Refreshes with the stolen refresh token', refresh(tokens), 400);
      await scene.judge(tokens, 'dead');
    },
  },
  {
    id: 'password',
    title: 'Keep an access token after a password change',
    about: 'The victim grows suspicious and changes the password. The stolen access token has minutes to live.',
    moral: 'The new password killed every token made before it; the victim goes on in a new session.',
    async play(scene) {
      const tokens = await victimSignsIn(scene);
      await thiefSteals(scene, tokens.access);
      const fresh = await scene.obtain('victim', 'Changes the password', changePassword(tokens, alice.password, meanwhile));
      try {
        await scene.untilRefused('Tries the stolen access token', tokens.access);
        await scene.act('thief', 'Refreshes with the stolen refresh token', refresh(tokens), 400);
        await scene.act('victim', 'Goes on with the new session', readNotes(fresh.access), 200);
        await scene.judge(tokens, 'dead');
      } finally {
        await scene.obtain('victim', 'Takes the old password back, for the next play', changePassword(fresh, meanwhile, alice.password));
      }
    },
  },
  {
    id: 'fixation',
    title: 'Fix a session',
    about: 'The thief plants a session of their own in the victim’s browser, hoping that the victim’s sign-in will make it the victim’s. Signs this browser out of the console.',
    moral: 'Signing in made a new family and ended the planted one: what the thief knows opens nothing.',
    async play(scene) {
      await scene.act('victim', 'Opens the browser, signed out', { to: 'issuer', method: 'POST', path: '/auth/logout', body: {}, cookies: true }, 204);
      const planted = await scene.obtain('thief', 'Signs in as Bob, for a session to plant', signIn(bob));
      await scene.judge(planted, 'alive');
      scene.theatre.plant(planted.refresh);
      scene.tell('thief', 'Plants its refresh token as a cookie of the victim’s browser');
      await thiefReads(scene, 'Reads the notes of the planted session', planted.access);
      const mine = await scene.obtain('victim', 'Signs in, over the planted cookie', {
        to: 'issuer',
        method: 'POST',
        path: '/auth/login',
        body: { ...alice, device: 'Attack lab' },
        cookies: true,
      });
      await scene.untilRefused('Tries the planted session at the API', planted.access);
      await scene.act('thief', 'Refreshes with the planted token', refresh(planted), 400);
      await scene.judge(planted, 'dead');
      scene.expect('the victim’s session should be a new one', mine.session !== planted.session);
      await scene.act('victim', 'Reads the notes in a session nobody else knows', readNotes(mine.access), 200);
      await scene.act('victim', 'Signs out', { to: 'issuer', method: 'POST', path: '/auth/logout', body: {}, cookies: true }, 204);
    },
  },
];

async function victimSignsIn(scene: Scene) {
  const { send } = scene.theatre;
  // A play that was cut off, by a reload say, may have left the other password.
  const mend = async () => {
    const left = await send(signIn({ ...alice, password: meanwhile }));
    if (left.status === 200) await send(changePassword(tokensOf(left), meanwhile, alice.password));
  };
  const tokens = await scene.obtain('victim', 'Alice signs in', signIn(alice), mend);
  await scene.judge(tokens, 'alive');
  return tokens;
}

async function thiefSteals(scene: Scene, access: string) {
  scene.tell('thief', 'Copies both tokens');
  await thiefReads(scene, 'Reads the notes with the stolen access token', access);
}

const thiefReads = (scene: Scene, what: string, access: string) => scene.act('thief', what, readNotes(access), 200);
