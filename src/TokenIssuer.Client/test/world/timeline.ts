interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time of the whole simulated world. It moves only when told, and everything that is due happens in order. */
export class Timeline {
  now = 1_000_000;
  readonly #timers = new Set<Timer>();

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  async advance(ms: number): Promise<void> {
    const end = this.now + ms;
    await flush();
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) await this.#fire(next);
    this.now = end;
  }

  /** Lets time pass until the promise settles, at most an hour. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => (settled = true));
    watched.catch(() => {});
    const end = this.now + 3_600_000;
    for (await flush(); !settled; await flush()) {
      const next = this.#next();
      if (!next || next.at > end) throw new Error('the promise never settles');
      await this.#fire(next);
    }
    return watched;
  }

  #next(): Timer | undefined {
    return [...this.#timers].sort((a, b) => a.at - b.at)[0];
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.now = Math.max(this.now, timer.at);
    timer.run();
    await flush();
  }
}

/** Lets every promise continue that can; bodies of responses need more than microtasks. */
export async function flush(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve));
}
