import { labelOf } from './words.js';

/** Whatever the issuer says about a part of itself: a word, or names and values. */
export function Facts({ value }: { readonly value: unknown }) {
  if (typeof value !== 'object' || value === null) return <p class="large">{String(value ?? '–')}</p>;
  return (
    <dl>
      {Object.entries(value).map(([name, fact]) => (
        <div key={name}>
          <dt>{labelOf(name)}</dt>
          <dd>{typeof fact === 'object' ? JSON.stringify(fact) : String(fact)}</dd>
        </div>
      ))}
    </dl>
  );
}
