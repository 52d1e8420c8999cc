import { atLength, distance, inShort } from './time.js';

/** An instant: by its distance, or by the clock where lines are compared. */
export function When({ at, exact = false }: { readonly at: string; readonly exact?: boolean }) {
  const instant = Date.parse(at);
  if (Number.isNaN(instant)) return <span>–</span>;
  return (
    <time dateTime={at} title={atLength(instant)}>
      {exact ? inShort(instant) : distance(instant, Date.now())}
    </time>
  );
}
