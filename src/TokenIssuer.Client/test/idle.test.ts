import { beforeEach, describe, expect, it } from 'vitest';
import { api, type FakeTab } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

const minute = 60_000;

describe('idle', () => {
  let world: World;
  let tab: FakeTab;

  beforeEach(async () => {
    world = new World();
    tab = await signedIn(world);
  });

  const warnings = () => tab.events.filter(({ type }) => type === 'warning');

  it('warns once, 60 seconds before the session times out', async () => {
    await world.time.advance(28.9 * minute);
    expect(warnings()).toEqual([]);

    await world.time.advance(0.2 * minute);

    expect(warnings()).toEqual([{ type: 'warning', secondsLeft: 60, canStay: true }]);
    await world.time.advance(0.5 * minute);
    expect(warnings()).toHaveLength(1);
  });

  it('stays when told to, for another full idle time', async () => {
    await world.time.advance(29.1 * minute);

    await world.time.until(tab.session.stay());

    expect(tab.types.at(-1)).toBe('renewed');
    await world.time.advance(28 * minute);
    expect(tab.status).toBe('signed_in');
    await world.time.advance(1.5 * minute);
    expect(warnings()).toHaveLength(2);
  });

  it('takes a touch of the page after the warning for staying', async () => {
    await world.time.advance(29.1 * minute);

    tab.fire('pointerdown');
    await world.time.advance(1_000);

    expect(tab.types.at(-1)).toBe('renewed');
  });

  it('signs out when nobody stays, in all tabs, and asks nothing afterwards', async () => {
    const other = world.browser.openTab();
    await world.time.advance(29 * minute);
    const asked = world.issuer.log.length;

    await world.time.advance(60 * minute);

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'idle' });
    expect(other.status).toBe('signed_out');
    expect(world.issuer.log).toHaveLength(asked + 1);
  });

  it('never prolongs an unused session by looking', async () => {
    const start = world.time.now;
    while (tab.status === 'signed_in') await world.time.advance(1_000);

    expect(world.time.now - start).toBeLessThanOrEqual(30 * minute + 3_000);
  });

  it('is no threat to somebody who types for an hour without a call', async () => {
    for (let seconds = 0; seconds < 3_600; seconds += 20) {
      tab.fire('keydown');
      await world.time.advance(20_000);
    }

    expect(warnings()).toEqual([]);
    expect(tab.status).toBe('signed_in');
  });

  it('comes to a page that only polls in the background', async () => {
    const outcomes = new Set<unknown>();
    for (let i = 0; i < 35 * 6; i++) {
      const poll = tab.session.fetch(`${api}/notes`, { background: true });
      poll.then(({ status }) => outcomes.add(status), (error) => outcomes.add(error.code));
      await world.time.advance(10_000);
    }

    expect([...outcomes]).toEqual([200, 'idle', 'signed_out']);
    expect(warnings()).toHaveLength(1);
  });

  it('does not come to a page whose user makes it call', async () => {
    for (let i = 0; i < 40; i++) {
      await world.time.until(tab.session.fetch(`${api}/notes`));
      await world.time.advance(minute);
    }

    expect(tab.status).toBe('signed_in');
    expect(warnings()).toEqual([]);
  });

  it('warns before the absolute end too, where staying is no use', async () => {
    world.issuer.absolute = 600;
    await world.time.until(tab.session.login({ username: 'alice', password: 'correct horse' }));

    for (let second = 0; second < 595; second++) {
      tab.fire('keydown');
      await world.time.advance(1_000);
    }

    expect(warnings()).toEqual([{ type: 'warning', secondsLeft: 60, canStay: false }]);
  });

  it('warns at half of an idle time shorter than two minutes, and refreshes in time for it', async () => {
    world.issuer.idle = 6;
    await world.time.until(tab.session.login({ username: 'alice', password: 'correct horse' }));
    for (let i = 0; i < 20; i++) {
      tab.fire('keydown');
      await world.time.advance(1_000);
    }
    expect(warnings()).toEqual([]);

    await world.time.advance(6_100);

    expect(warnings()).toHaveLength(1);
  });

  it('keeps the time the page asked for', async () => {
    const eager = world.browser.openTab({ warnBefore: 300 });
    await world.time.advance(25.1 * minute);

    expect(eager.events.at(-1)).toMatchObject({ type: 'warning', canStay: true });
    expect(warnings()).toEqual([]);
  });

  it('has nothing to stay for when signed out', async () => {
    await world.time.until(tab.session.logout());

    await expect(tab.session.stay()).rejects.toMatchObject({ code: 'signed_out' });
  });
});
