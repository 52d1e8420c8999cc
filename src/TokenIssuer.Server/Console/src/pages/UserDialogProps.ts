import type { AdminApi } from '../api/adminApi.js';
import type { User } from '../api/model.js';

export interface UserDialogProps {
  readonly api: AdminApi;
  readonly user: User;
  /** Called with what to tell. */
  readonly onDone: (words: string) => void;
  readonly onClose: () => void;
}
