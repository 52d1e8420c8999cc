import { areaOf, ceilingOf, lineOf, type Point } from '../live/plot.js';
import { reach } from '../live/history.js';

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

interface Props {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
}

const places = [0, 0.5, 1];

/** Lines over the last five minutes. The figures of the newest moment stand above it as text. */
export function Chart({ title, unit, lines }: Props) {
  const all = lines.flatMap(({ points }) => points.map(({ value }) => value));
  const ceiling = ceilingOf(Math.max(0, ...all));
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="figures">
          {lines.map(({ name, points }, index) => (
            <span key={name} class={`figure line-${index}`}>
              <strong>{format(points.at(-1)?.value)}</strong> {lines.length > 1 ? name : unit}
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot">
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={spoken(title, unit, lines)}>
          {places.map((place) => (
            <path key={place} class="grid" d={`M0 ${place * 100}H100`} />
          ))}
          {lines.map(({ name, points }, index) => (
            <g key={name} class={`line-${index}`}>
              <path class="area" d={areaOf(points, reach, ceiling)} />
              <path class="line" d={lineOf(points, reach, ceiling)} />
              <path class="newest" d={lineOf(points.slice(-1), reach, ceiling)} />
            </g>
          ))}
        </svg>
        <span class="ceiling" aria-hidden="true">
          {format(ceiling)}
        </span>
      </div>
      <div class="span" aria-hidden="true">
        <span>5 min ago</span>
        <span>now</span>
      </div>
    </figure>
  );
}

function spoken(title: string, unit: string, lines: readonly Line[]): string {
  const ranges = lines.map(({ name, points }) => {
    const values = points.map(({ value }) => value);
    return values.length ? `${name} between ${format(Math.min(...values))} and ${format(Math.max(...values))} ${unit}` : `${name} not known yet`;
  });
  return `${title}, last five minutes: ${ranges.join('; ')}.`;
}

function format(value: number | undefined): string {
  return value === undefined ? '–' : value.toLocaleString('en', { maximumFractionDigits: 1 });
}
