import type { ComponentChildren } from 'preact';

interface Props {
  readonly kind: 'good' | 'bad' | 'warn' | 'plain';
  readonly children: ComponentChildren;
}

/** A message that is also spoken. */
export function Notice({ kind, children }: Props) {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
