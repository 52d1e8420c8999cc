import type { Session, SignedInUser } from '@tokenissuer/client';
import { Dialog } from '../ui/Dialog.js';
import { PasswordForm } from './SignIn.js';

interface Props {
  readonly session: Session;
  readonly user: SignedInUser;
  readonly onConfirmed: () => void;
  readonly onClose: () => void;
}

/** Administration needs a login of the last minutes; what was being done goes on afterwards. */
export function ConfirmPassword({ session, user, onConfirmed, onClose }: Props) {
  return (
    <Dialog title="Confirm that it is you" onClose={onClose}>
      <p>
        Your sign-in as <strong>{user.username}</strong> was a while ago. Give the password again to go on.
      </p>
      <PasswordForm session={session} username={user.username} action="Confirm" onSignedIn={onConfirmed} onCancel={onClose} />
    </Dialog>
  );
}
