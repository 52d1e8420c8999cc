import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { wordsFor } from './words.js';

interface Props {
  readonly action: string;
  readonly submit: () => Promise<void>;
  readonly children: ComponentChildren;
}

/** A form that is sent once at a time and tells what went wrong. */
export function Form({ action, submit, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    await submit().catch(setError);
    setBusy(false);
  }

  return (
    <form onSubmit={(event) => void send(event)}>
      {children}
      {error !== undefined && (
        <p role="alert" class="notice bad">
          {wordsFor(error)}
        </p>
      )}
      <button class="primary" disabled={busy}>
        {action}
      </button>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password';
  readonly autocomplete?: string;
}

export function Field({ label, value, onValue, type = 'text', autocomplete = 'off' }: FieldProps) {
  return (
    <label>
      {label}
      <input
        type={type as 'text'}
        value={value}
        required
        autocomplete={autocomplete}
        autocapitalize="none"
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </label>
  );
}
