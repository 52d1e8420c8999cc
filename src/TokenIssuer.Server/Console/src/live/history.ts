import type { Overview } from '../api/model.js';

/** One look at the issuer's figures. */
export interface Sample {
  /** Milliseconds since the page was opened. */
  readonly at: number;
  readonly overview: Overview;
}

/** How far back the charts go. */
export const reach = 5 * 60_000;

/** The samples of the last minutes, the new one included. */
export function extended(history: readonly Sample[], sample: Sample): Sample[] {
  return [...history.filter(({ at }) => at > sample.at - reach), sample];
}
