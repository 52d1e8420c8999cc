import type { Overview as Figures } from '../api/model.js';
import type { Live } from '../app/useLive.js';
import { Chart, type Line } from '../ui/Chart.js';
import { Notice } from '../ui/Notice.js';
import { count, labelOf, wordsFor } from '../ui/words.js';
import { Facts } from '../ui/Facts.js';

export function Overview({ live }: { readonly live: Live }) {
  const now = live.history.at(-1)?.overview;
  const line = (name: string, value: (figures: Figures) => number): Line => ({
    name,
    points: live.history.map(({ at, overview }) => ({ at, value: value(overview) })),
  });

  return (
    <>
      <h1>Overview</h1>
      {live.error !== undefined && !live.needsPassword && <Notice kind="bad">{wordsFor(live.error)}</Notice>}
      {now && now.reuse_last_24h > 0 && (
        <Notice kind="warn">
          {count(now.reuse_last_24h, 'stolen or copied refresh token')} noticed in the last 24 hours. <a href="#/audit">See the audit log</a>
        </Notice>
      )}
      <div class="charts">
        <Chart title="Active sessions" unit="sessions" lines={[line('sessions', (figures) => figures.active_sessions)]} />
        <Chart
          title="Sign-ins and refreshes"
          unit="per minute"
          lines={[line('sign-ins', (figures) => figures.logins_per_minute), line('refreshes', (figures) => figures.refreshes_per_minute)]}
        />
        <Chart title="Revocations" unit="per minute" lines={[line('revocations', (figures) => figures.revocations_per_minute)]} />
        <Chart title="Feed lag" unit="ms" lines={[line('lag', (figures) => figures.feed_age_ms)]} />
      </div>
      {now && (
        <div class="cards">
          <section aria-labelledby="denylist">
            <h2 id="denylist">Denylist</h2>
            <p class="large">{count(now.denylist_entries, 'entry').replace('entrys', 'entries')}</p>
            <p class="hint">What every API refuses, until the last token concerned has expired.</p>
          </section>
          <section aria-labelledby="store">
            <h2 id="store">Store</h2>
            <Facts facts={[['Kind', now.store.kind], ['Ready', now.store.ready ? 'yes' : 'no']]} />
          </section>
          <section aria-labelledby="keyring">
            <h2 id="keyring">Signing keys</h2>
            <Facts facts={now.keys.map(({ kid, phase }) => [labelOf(phase), kid.slice(0, 8)])} />
          </section>
        </div>
      )}
    </>
  );
}
