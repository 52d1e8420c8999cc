import type { Port } from '../../src/environment.js';
import { FakeBrowser } from './fakeBrowser.js';
import { FakeIssuer, type FakeReply, type FakeRequest } from './fakeIssuer.js';
import { type FakeTab, issuer } from './fakeTab.js';
import { Timeline } from './timeline.js';

/** What the network does to one exchange. */
export type Fate = 'arrives' | 'request_lost' | 'response_lost' | 'hangs';

type Peers = Set<{ readonly tab: FakeTab; readonly port: Port }>;

/** An issuer, an API and any number of browsers, in a time that moves only when told. */
export class World {
  readonly time = new Timeline();
  readonly issuer = new FakeIssuer(this.time);
  readonly browser = new FakeBrowser(this);
  latency = 20;
  random = (): number => 0.5;
  fate = (_: FakeRequest): Fate => 'arrives';
  /** The resource API; by default it accepts living tokens. */
  api = (request: FakeRequest): FakeReply => ({ status: this.issuer.bearer(request.headers) ? 200 : 401, body: {} });
  readonly calls: FakeRequest[] = [];
  readonly #ports = new Map<FakeBrowser, Map<string, Peers>>();

  ports(browser: FakeBrowser, name: string): Peers {
    const names = this.#ports.get(browser) ?? new Map<string, Peers>();
    this.#ports.set(browser, names);
    const peers = names.get(name) ?? new Set();
    names.set(name, peers);
    return peers;
  }

  async fetch(tab: FakeTab, request: Request): Promise<Response> {
    const { origin, pathname } = new URL(request.url);
    const text = await request.text();
    const sent: FakeRequest = {
      method: request.method,
      path: pathname,
      headers: request.headers,
      body: text ? JSON.parse(text) : {},
      cookie: request.credentials === 'include' ? tab.browser.cookie : undefined,
    };
    const fate = this.fate(sent);
    await this.#travel(request.signal);
    if (fate === 'request_lost') throw new TypeError('Failed to fetch');

    const reply = origin === issuer ? this.issuer.answer(sent) : this.#callApi(sent);
    await this.#travel(request.signal);
    if (fate === 'hangs') await this.#travel(request.signal, 3_600_000);
    if (fate === 'response_lost') throw new TypeError('Failed to fetch');

    if (request.credentials === 'include') tab.browser.receive(reply);
    await new Promise<void>((resolve) => tab.whenAwake(resolve));
    return new Response(reply.body ? JSON.stringify(reply.body) : null, { status: reply.status, headers: reply.headers ?? {} });
  }

  #callApi(request: FakeRequest): FakeReply {
    this.calls.push(request);
    return this.api(request);
  }

  #travel(signal: AbortSignal, ms = this.latency): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(new DOMException('aborted', 'AbortError'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      this.time.after(ms, resolve);
    });
  }
}

/** A tab in which alice has just signed in. */
export async function signedIn(world: World, options?: Parameters<FakeBrowser['openTab']>[0]): Promise<FakeTab> {
  const tab = world.browser.openTab(options);
  await world.time.until(tab.session.ready);
  tab.events.length = 0;
  await world.time.until(tab.session.login({ username: 'alice', password: 'correct horse' }));
  return tab;
}

/** Reproducible randomness. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
