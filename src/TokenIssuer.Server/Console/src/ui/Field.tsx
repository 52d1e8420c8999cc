import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  readonly label: ComponentChildren;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search';
  readonly autocomplete?: string;
  readonly hint?: string;
  readonly required?: boolean;
  readonly focused?: boolean;
}

/** A labelled input. */
export function Field({ label, value, onValue, type = 'text', autocomplete = 'off', hint, required = false, focused = false }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        // The types of the framework tell roles apart that we do not set.
        type={type as 'text'}
        value={value}
        required={required}
        autofocus={focused}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
