import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** The browser's own modal dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();

  // At once, not after the next paint: until it is open, keys go to what lies beneath.
  useLayoutEffect(() => {
    const dialog = element.current;
    const opener = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      // An opener that went away with what the dialog ended leaves the focus to the page.
      const heir = opener?.isConnected ? opener : document.querySelector('main');
      if (heir instanceof HTMLElement) heir.focus();
    };
  }, []);

  function cancel(event: Event): void {
    event.preventDefault();
    onClose();
  }

  return (
    <dialog ref={element} aria-labelledby={heading} onCancel={cancel}>
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}
