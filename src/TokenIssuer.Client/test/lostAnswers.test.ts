import { describe, expect, it } from 'vitest';
import { api, type FakeTab } from './world/fakeTab.js';
import { type Fate, seeded, signedIn, World } from './world/world.js';

const fates: Fate[] = ['request_lost', 'response_lost', 'response_lost', 'hangs'];

/** Four hours of five busy tabs on a network that loses half of all refreshes, most of them after the issuer has rotated. */
async function fourBadHours(seed: number, options: Parameters<World['browser']['openTab']>[0]) {
  const world = new World();
  const random = seeded(seed);
  world.random = random;
  const tabs: FakeTab[] = [await signedIn(world, options)];
  while (tabs.length < 5) tabs.push(world.browser.openTab(options));
  await world.time.until(Promise.all(tabs.map(({ session }) => session.ready)));
  world.fate = ({ path }) => (path === '/auth/refresh' && random() < 0.5 ? fates[Math.floor(random() * 4)]! : 'arrives');

  let answered = 0;
  for (let minutes = 0; minutes < 240; minutes += 2) {
    for (const tab of tabs) {
      if (random() < 0.5) tab.session.fetch(`${api}/notes`).then(() => answered++, () => {});
      tab.fire('pointerdown');
    }
    // Now and then a tab goes and another comes.
    if (random() < 0.1) {
      tabs.splice(Math.floor(random() * 5), 1)[0]!.crash();
      tabs.push(world.browser.openTab(options));
    }
    await world.time.advance(120_000);
  }
  return { world, tabs, answered };
}

describe('half of all refreshes lost', () => {
  it.each([1, 2, 3, 4, 5])('signs nobody out, seed %i', async (seed) => {
    const { world, tabs, answered } = await fourBadHours(seed, {});

    expect(world.issuer.reuses).toBe(0);
    expect(tabs.flatMap(({ types }) => types)).not.toContain('signed_out');
    expect(world.issuer.alive('alice')).toHaveLength(1);
    expect(answered).toBeGreaterThan(100);
    expect(world.issuer.refreshes.length).toBeGreaterThan(60);
  });

  it('would sign people out without the kept key: the fake issuer does notice reuse', async () => {
    const world = new World();
    const { session } = await signedIn(world);
    const spent = world.browser.cookie;
    await world.time.advance(360_000);
    await world.time.until(session.getAccessToken());
    world.browser.cookie = spent;
    await world.time.advance(360_000);

    await expect(world.time.until(session.getAccessToken())).rejects.toMatchObject({ code: 'signed_out' });
    expect(world.issuer.reuses).toBe(1);
  });
});
