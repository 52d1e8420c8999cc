import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import type { Key } from '../api/model.js';
import { Dialog } from '../ui/Dialog.js';
import { Form } from '../ui/Form.js';
import { Phrase } from '../ui/Phrase.js';

interface Props {
  readonly api: AdminApi;
  readonly victim: Key;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** For a key that others may hold. */
export function RetireKey({ api, victim: { kid, phase }, onDone, onClose }: Props) {
  const [typed, setTyped] = useState('');
  const phrase = kid.slice(0, 8);

  async function submit(): Promise<void> {
    await api.retire(kid);
    onDone();
  }

  return (
    <Dialog title="Retire key" onClose={onClose}>
      <p>
        The key is taken out of the key set at once, and every access token it signed stops working. Browsers and apps get a new one with their next refresh; sessions
        go on.
        {phase === 'signing' && ' The announced key signs from now on; APIs that have not seen it yet fetch it first.'}
      </p>
      <Form action="Retire key" danger submit={submit} ready={typed === phrase} onCancel={onClose}>
        <Phrase phrase={phrase} value={typed} onValue={setTyped} focused />
      </Form>
    </Dialog>
  );
}
