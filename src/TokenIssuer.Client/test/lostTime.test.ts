import { beforeEach, describe, expect, it } from 'vitest';
import { api, type FakeTab, issuer } from './world/fakeTab.js';
import { signedIn, World } from './world/world.js';

const minute = 60_000;
const hour = 60 * minute;

describe('lost time', () => {
  let world: World;
  beforeEach(() => void (world = new World()));

  const refreshes = () => world.issuer.refreshes.length;
  const token = (tab: FakeTab) => world.time.until(tab.session.getAccessToken());

  it.each([2, -2])('clock %i hours off: nothing changes', async (hours) => {
    world.browser.wallOffset = hours * hour;
    const tab = await signedIn(world);
    for (let i = 0; i < 40; i++) {
      tab.fire('keydown');
      await world.time.advance(minute);
      await token(tab);
    }

    expect(new Set(tab.types)).toEqual(new Set(['signed_in', 'renewed']));
    expect(refreshes()).toBeLessThan(14);
  });

  it.each([2, -2])('clock set by %i hours while the page is open: one question at most, no sign-out', async (hours) => {
    const tab = await signedIn(world);
    await world.time.advance(minute);
    const before = refreshes();

    world.browser.wallOffset = hours * hour;
    await world.time.advance(minute);

    expect(refreshes() - before).toBeLessThanOrEqual(1);
    expect(tab.status).toBe('signed_in');
    await token(tab);
  });

  it('clock running wild: no sign-out, no storm', async () => {
    const tab = await signedIn(world);
    for (let i = 0; i < 120; i++) {
      world.browser.wallOffset = (i % 3) * hour;
      await world.time.advance(5_000);
    }

    expect(tab.types).not.toContain('signed_out');
    expect(refreshes()).toBeLessThan(50);
  });

  it('page frozen for longer than the idle timeout: signed out on waking, once and for all', async () => {
    const tab = await signedIn(world);
    tab.freeze();
    await world.time.advance(40 * minute);

    tab.thaw();
    await world.time.advance(1_000);

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'idle' });
    expect(tab.types).not.toContain('warning');
    const asked = world.issuer.log.length;
    await world.time.advance(hour);
    expect(world.issuer.log).toHaveLength(asked);
  });

  it('page frozen while another tab went on: wakes up signed in', async () => {
    const frozen = await signedIn(world);
    const busy = world.browser.openTab();
    frozen.freeze();
    for (let i = 0; i < 60; i++) {
      busy.fire('keydown');
      await world.time.advance(minute);
    }

    frozen.thaw();
    await world.time.advance(1_000);

    expect(frozen.status).toBe('signed_in');
    expect(frozen.types).not.toContain('signed_out');
    expect(await token(frozen)).toBe(await token(busy));
  });

  it('machine asleep for an hour with the monotonic clock standing still: noticed within half a minute', async () => {
    const tab = await signedIn(world);
    await world.browser.sleep(hour);
    await world.time.advance(30_000);

    expect(tab.events.at(-1)).toEqual({ type: 'signed_out', reason: 'idle' });
  });

  it('machine asleep for ten minutes: the first call refreshes instead of failing', async () => {
    const tab = await signedIn(world);
    await world.browser.sleep(10 * minute);

    const { status } = await world.time.until(tab.session.fetch(`${api}/notes`));

    expect(status).toBe(200);
    expect(world.calls).toHaveLength(1);
  });

  describe('back-forward cache', () => {
    async function leaveAndReturn(tab: FakeTab, meanwhile: () => Promise<void>): Promise<void> {
      tab.fire('pagehide', { persisted: true });
      tab.freeze();
      await meanwhile();
      tab.frozen = false;
      tab.fire('pageshow', { persisted: true });
      await world.time.advance(1_000);
    }

    it('another user signed in meanwhile: switched', async () => {
      const tab = await signedIn(world);
      await leaveAndReturn(tab, async () => {
        const next = world.browser.openTab();
        await world.time.until(next.session.login({ username: 'bob', password: 'battery staple', otp: '123456' }));
        next.session.close();
      });

      expect(tab.types.at(-1)).toBe('switched');
      expect((await world.time.until(tab.session.me())).username).toBe('bob');
    });

    it('signed out meanwhile: signed out', async () => {
      const tab = await signedIn(world);
      await leaveAndReturn(tab, async () => {
        const next = world.browser.openTab();
        await world.time.until(next.session.logout());
        next.session.close();
      });

      expect(tab.status).toBe('signed_out');
    });

    it('signed in meanwhile: signed in', async () => {
      const tab = world.browser.openTab();
      await world.time.until(tab.session.ready);
      await leaveAndReturn(tab, async () => {
        (await signedIn(world)).session.close();
      });

      expect(tab.status).toBe('signed_in');
    });

    it('offline on return: kept, with no token in hand until the issuer was asked', async () => {
      const tab = await signedIn(world);
      await leaveAndReturn(tab, async () => void (world.fate = () => 'request_lost'));
      await world.time.advance(minute);

      expect(tab.status).toBe('signed_in');
      const call = tab.session.fetch(`${api}/notes`, { background: true });
      await expect(world.time.until(call)).rejects.toMatchObject({ code: 'network' });
      world.fate = () => 'arrives';
      await world.time.advance(5 * minute);
      expect(tab.types.at(-1)).toBe('renewed');
      expect(tab.types).not.toContain('signed_out');
    });

    it('the channel is closed on leaving, so that the page may be kept', async () => {
      const tab = await signedIn(world);
      const { size } = world.ports(world.browser, `tokenissuer/1 ${issuer}`);

      tab.fire('pagehide', { persisted: true });

      expect([size, world.ports(world.browser, `tokenissuer/1 ${issuer}`).size]).toEqual([1, 0]);
    });

    it('nothing happened: renewed, and other tabs are heard again', async () => {
      const tab = await signedIn(world);
      await leaveAndReturn(tab, async () => void (await world.time.advance(minute)));
      const other = world.browser.openTab();
      await world.time.until(other.session.logout());
      await world.time.advance(100);

      expect(tab.types).toContain('renewed');
      expect(tab.status).toBe('signed_out');
    });
  });
});
