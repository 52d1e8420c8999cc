import { createClock } from '../../src/clock.js';
import { createSessionIn } from '../../src/createSession.js';
import type { Environment, Port } from '../../src/environment.js';
import type { SessionEvent } from '../../src/events.js';
import type { Session, SessionOptions } from '../../src/session.js';
import type { FakeBrowser } from './fakeBrowser.js';

export const issuer = 'https://login.example.com';
export const api = 'https://api.example.com';
export const page = 'https://app.example.com';

interface TabOptions extends Partial<SessionOptions> {
  readonly locks?: boolean;
  readonly channel?: boolean;
}

/** A tab: an environment whose clock and network stop while the tab is frozen, and a session in it. */
export class FakeTab {
  readonly events: SessionEvent[] = [];
  readonly session: Session;
  readonly window = new EventTarget();
  visible = true;
  frozen = false;
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly browser: FakeBrowser,
    { locks = true, channel = true, ...options }: TabOptions,
  ) {
    const { world } = browser;
    const { time } = world;
    const env: Environment = {
      clock: createClock({
        monotonic: () => time.now - browser.slept,
        wall: () => time.now + browser.wallOffset,
        setTimeout: (run, ms) => time.after(ms, () => this.whenAwake(run)),
        clearTimeout: (cancel) => (cancel as () => void)(),
      }),
      fetch: (request, init) => world.fetch(this, new Request(request, init)),
      random: world.random,
      ...(channel && { openPort: (name) => this.#openPort(name) }),
      ...(locks && { locks: browser.locks }),
      page: this.window,
      isVisible: () => this.visible,
      cookies: browser.cookieEnabled,
      base: () => `${page}/notes`,
    };
    this.session = createSessionIn(env, { issuer, apis: [api], ...options });
    this.session.onChange((event) => this.events.push(event));
  }

  get status(): string {
    return this.session.state.status;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  fire(type: string, fields: object = {}): void {
    this.window.dispatchEvent(Object.assign(new Event(type), fields));
  }

  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    for (const run of this.#waiting.splice(0)) run();
    this.fire('resume');
  }

  /** Gone without a word: no timer, message or answer reaches it again. */
  crash(): void {
    this.session.close();
    this.freeze();
  }

  whenAwake(run: () => void): void {
    if (this.frozen) this.#waiting.push(run);
    else run();
  }

  #openPort(name: string): Port {
    const { world } = this.browser;
    const peers = world.ports(this.browser, name);
    const port: Port = {
      onmessage: null,
      postMessage(message) {
        const copy = structuredClone(message);
        for (const peer of peers) {
          if (peer.port === port) continue;
          world.time.after(2, () => peer.tab.whenAwake(() => peer.port.onmessage?.({ data: copy } as MessageEvent)));
        }
      },
      close: () => void peers.delete(entry),
    };
    const entry = { tab: this as FakeTab, port };
    peers.add(entry);
    return port;
  }
}
