import type { Key } from '../api/model.js';

export interface Bar {
  readonly key: Key;
  /** In hundredths of the time line. */
  readonly start: number;
  readonly end: number;
}

const narrowest = 2;

/** Lays keys on a time line from the oldest one's birth to now. A key that was born just now still has a bar. */
export function spans(keys: readonly Key[], now: number): { readonly from: number; readonly bars: readonly Bar[] } {
  const born = keys.map((key) => Date.parse(key.created_at));
  const from = Math.min(now - 1, ...born);
  const bars = keys.map((key, index) => {
    const start = (((born[index] ?? now) - from) / (now - from)) * 100;
    return { key, start: Math.max(0, Math.min(start, 100 - narrowest)), end: 100 };
  });
  return { from, bars };
}
