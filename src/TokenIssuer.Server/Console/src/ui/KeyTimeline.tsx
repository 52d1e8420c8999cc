import type { Key } from '../api/model.js';
import { spans } from '../live/spans.js';
import { since } from './time.js';

/** Since when each key is there, and what it does now. The table below it says the same in words. */
export function KeyTimeline({ keys }: { readonly keys: readonly Key[] }) {
  const now = Date.now();
  const { from, bars } = spans(keys, now);
  return (
    <figure class="timeline" aria-hidden="true">
      {bars.map(({ key, start, end }) => (
        <div key={key.kid} class="lane">
          <code>{key.kid.slice(0, 8)}</code>
          <svg viewBox="0 0 100 10" preserveAspectRatio="none">
            <path class="grid" d="M0 9.5H100" />
            <rect class={key.phase} x={start} y="1" width={end - start} height="7" />
          </svg>
          <span class={`phase ${key.phase}`}>{key.phase}</span>
        </div>
      ))}
      <div class="lane span">
        <span />
        <span>
          <span>{since(from, now)}</span>
          <span>now</span>
        </span>
        <span />
      </div>
    </figure>
  );
}
