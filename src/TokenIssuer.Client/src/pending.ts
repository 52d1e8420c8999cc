import type { Clock } from './clock.js';
import type { SessionError } from './errors.js';

const second = 1_000;

/**
 * The refresh that has no answer yet. Its key is used again until an answer arrived, by whichever tab tries next: the issuer
 * then knows that asker and first asker are one, and hands out the same successor instead of crying theft.
 */
export class PendingRefresh {
  key: string | undefined;
  /** Last failure in a row, if any. */
  trouble: SessionError | undefined;
  /** No tab tries before this instant. */
  notBefore = 0;
  /** Nothing is tried without being asked for before this instant. */
  backgroundAt = 0;
  #failures = 0;

  constructor(
    readonly clock: Clock,
    readonly random: () => number,
  ) {}

  /** Milliseconds until a try is allowed. */
  get wait(): number {
    return this.notBefore - this.clock.now();
  }

  takeKey(): string {
    return (this.key ??= randomKey());
  }

  /** The server may name the wait; without its word it doubles, bounded so that a person who asks again is not kept long. */
  failed(error: SessionError): void {
    const now = this.clock.now();
    const doubled = (limit: number) => Math.min(limit, second * 2 ** this.#failures);
    const told = error.retryAfter;
    const wait = (told === undefined ? doubled(5 * second) : Math.min(60, Math.max(0.25, told)) * second) * (1 + this.random() / 4);
    this.trouble = error;
    this.notBefore = now + wait;
    this.#failures++;
    this.backgroundAt = Math.max(this.notBefore, now + doubled(300 * second));
  }

  /** Another tab failed, or has a refresh on the wire. */
  heard(key: string, wait: number): void {
    this.key = key;
    this.notBefore = Math.max(this.notBefore, this.clock.now() + wait);
  }

  answered(): void {
    this.key = undefined;
    this.calm();
  }

  /** Forgets past failures, not the key. */
  calm(): void {
    this.trouble = undefined;
    this.notBefore = this.backgroundAt = this.#failures = 0;
  }
}

/** 128 random bits; `crypto.randomUUID` would need a secure context. */
export function randomKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-');
}
