import type { FakeReply } from './fakeIssuer.js';
import { FakeTab } from './fakeTab.js';
import type { World } from './world.js';

/** What a browser shares between its tabs: the cookie, the locks, the channels, and the clocks. */
export class FakeBrowser {
  cookie: string | undefined;
  keepsCookies = true;
  cookieEnabled = true;
  /** How wrong the wall clock is. */
  wallOffset = 0;
  /** How long the machine slept: the monotonic clock did not see it. */
  slept = 0;
  readonly locks = new FakeLocks();
  readonly tabs: FakeTab[] = [];

  constructor(readonly world: World) {}

  openTab(options: ConstructorParameters<typeof FakeTab>[1] = {}): FakeTab {
    const tab = new FakeTab(this, options);
    this.tabs.push(tab);
    return tab;
  }

  receive({ cookie }: FakeReply): void {
    if (cookie !== undefined && this.keepsCookies) this.cookie = cookie ?? undefined;
  }

  /** Time passes for everybody but this machine. */
  async sleep(ms: number): Promise<void> {
    for (const tab of this.tabs) tab.freeze();
    await this.world.time.advance(ms);
    this.slept += ms;
    for (const tab of this.tabs) tab.thaw();
  }
}

/** Web Locks: exclusive, first come first served, released when the callback settles. */
export class FakeLocks {
  readonly #last = new Map<string, Promise<unknown>>();
  blocked = false;

  request = (async (name: string, options: LockOptions, work: () => Promise<unknown>) => {
    if (this.blocked) throw new DOMException('storage is blocked', 'SecurityError');
    const before = this.#last.get(name) ?? Promise.resolve();
    let release = () => {};
    const mine = new Promise<void>((resolve) => (release = resolve));
    this.#last.set(name, before.then(() => mine));
    try {
      await new Promise<void>((resolve, reject) => {
        options.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
        void before.then(() => resolve());
      });
      return await work();
    } finally {
      release();
    }
  }) as unknown as LockManager['request'];
}
