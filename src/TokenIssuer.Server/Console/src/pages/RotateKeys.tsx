import type { AdminApi } from '../api/adminApi.js';
import { Dialog } from '../ui/Dialog.js';
import { Form } from '../ui/Form.js';

interface Props {
  readonly api: AdminApi;
  readonly onDone: (signsFrom: string | undefined) => void;
  readonly onClose: () => void;
}

export function RotateKeys({ api, onDone, onClose }: Props) {
  return (
    <Dialog title="Rotate keys" onClose={onClose}>
      <p>The announced key signs from now on, or as soon as it has been public for long enough. The key that signs today goes on verifying what it signed.</p>
      <Form action="Rotate" submit={async () => onDone(await api.rotate())} onCancel={onClose} />
    </Dialog>
  );
}
