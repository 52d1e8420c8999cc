import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Notice } from './Notice.js';
import { wordsFor } from './words.js';

interface Props {
  readonly action: string;
  readonly submit: () => Promise<void>;
  readonly ready?: boolean;
  readonly danger?: boolean;
  readonly onCancel?: () => void;
  readonly children?: ComponentChildren;
}

/** A form that can be sent once at a time and tells what went wrong. */
export function Form({ action, submit, ready = true, danger = false, onCancel, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (busy || !ready) return;
    setBusy(true);
    setError(undefined);
    try {
      await submit();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form onSubmit={send} aria-busy={busy}>
      {children}
      {error !== undefined && <Notice kind="bad">{wordsFor(error)}</Notice>}
      <div class="buttons">
        <button class={danger ? 'danger' : 'primary'} disabled={busy || !ready}>
          {action}
        </button>
        {onCancel && (
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}
