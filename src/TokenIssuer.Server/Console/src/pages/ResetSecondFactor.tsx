import { Dialog } from '../ui/Dialog.js';
import { Form } from '../ui/Form.js';
import type { UserDialogProps } from './UserDialogProps.js';

/** For whoever has lost the device. */
export function ResetSecondFactor({ api, user, onDone, onClose }: UserDialogProps) {
  async function submit(): Promise<void> {
    await api.resetSecondFactor(user.id);
    onDone('Second factor reset; every session and API token of the user ended.');
  }

  return (
    <Dialog title={`Reset the second factor of ${user.username}`} onClose={onClose}>
      <p>
        The password alone signs the user in until an authenticator app is set up again. Every session and every API token of the user ends at once.
      </p>
      <Form action="Reset second factor" danger submit={submit} onCancel={onClose} />
    </Dialog>
  );
}
