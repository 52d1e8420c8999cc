/** A point of a line: when, in milliseconds, and how much. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** The smallest "round" number that is not below `value`: 1, 2 or 5 times a power of ten. */
export function ceilingOf(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}

/** The ground under the line, down to zero. */
export function areaOf(points: readonly Point[], reach: number, ceiling: number): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || first === last) return '';
  const x = 100 - ((last.at - first.at) / reach) * 100;
  return `${lineOf(points, reach, ceiling)}V100H${x.toFixed(2)}Z`;
}

/** The line as SVG path data in a box of 100 × 100; the newest point is at the right edge, and a dot while it is alone. */
export function lineOf(points: readonly Point[], reach: number, ceiling: number): string {
  const now = points.at(-1)?.at ?? 0;
  return points
    .map(({ at, value }, index) => {
      const x = 100 - ((now - at) / reach) * 100;
      const y = 100 - (Math.min(value, ceiling) / ceiling) * 100;
      const place = `${x.toFixed(2)} ${y.toFixed(2)}`;
      return index ? `L${place}` : `M${place}${points.length > 1 ? '' : 'h0'}`;
    })
    .join('');
}
