import { describe, expect, it, vi } from 'vitest';
import { createClock } from '../src/clock.js';
import { createLock } from '../src/lock.js';
import { Timeline } from './world/timeline.js';
import { FakeLocks } from './world/fakeBrowser.js';

function fakeTime() {
  const time = { monotonic: 0, wall: 0 };
  const clock = createClock({ monotonic: () => time.monotonic, wall: () => time.wall, setTimeout: vi.fn(), clearTimeout: vi.fn() });
  return { time, clock };
}

describe('clock', () => {
  it('does not gain time from rounding, however often it is read', () => {
    const { time, clock } = fakeTime();
    for (let i = 0; i < 100_000; i++) {
      time.monotonic += 0.1;
      time.wall = Math.round(time.monotonic);
      clock.now();
    }

    expect(clock.now()).toBeCloseTo(10_000, 1);
  });

  it.each([
    ['sleep that stops the monotonic clock', 0, 3_600_000, 3_600_000],
    ['a wall clock set back', 1_000, -7_200_000, 1_000],
    ['a wall clock corrected by less than a second', 5_000, 5_900, 5_000],
  ])('sees %s', (_, monotonic, wall, expected) => {
    const { time, clock } = fakeTime();
    Object.assign(time, { monotonic, wall });

    expect(clock.now()).toBe(expected);
  });
});

describe('lock', () => {
  const environment = (time: Timeline, locks?: FakeLocks) => {
    const clock = createClock({
      monotonic: () => time.now,
      wall: () => time.now,
      setTimeout: (run, ms) => time.after(ms, run),
      clearTimeout: (cancel) => (cancel as () => void)(),
    });
    return { clock, ...(locks && { locks }) } as unknown as Parameters<typeof createLock>[0];
  };

  it.each([['Web Locks', new FakeLocks()], ['the queue of a tab', undefined]])('%s: one at a time, failures pass through', async (_, locks) => {
    const time = new Timeline();
    const lock = createLock(environment(time, locks), 'name');
    let inside = 0;
    const work = async () => {
      expect(++inside).toBe(1);
      await time.sleep(100);
      inside--;
      throw new Error('mine');
    };

    const outcomes = await time.until(Promise.allSettled([lock(work), lock(work), lock(work)]));

    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.message)).toEqual(['mine', 'mine', 'mine']);
  });

  it('goes ahead when the holder is suspended', async () => {
    const time = new Timeline();
    const locks = new FakeLocks();
    void locks.request('name', {} as never, (() => new Promise(() => {})) as never);

    const work = createLock(environment(time, locks), 'name')(async () => time.now);

    expect((await time.until(work)) - 1_000_000).toBe(20_000);
  });
});
