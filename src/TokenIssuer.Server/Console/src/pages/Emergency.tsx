import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import { RevokeDialog } from '../ui/RevokeDialog.js';

/** For the day on which nothing can be trusted. */
export function Emergency({ api }: { readonly api: AdminApi }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <h1>Emergency</h1>
      <section class="danger-zone" aria-labelledby="everything">
        <h2 id="everything">Revoke everything</h2>
        <p>
          Ends every session, every access token and every API token of every user, yours included, on every issuer and in every API. It cannot be taken back.
          Everybody signs in again; integrations need new API tokens.
        </p>
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          Revoke everything
        </button>
      </section>
      {asking && (
        <RevokeDialog
          api={api}
          title="Revoke everything"
          target={{ everything: true }}
          phrase="revoke everything"
          onDone={() => setAsking(false)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
