import type { EndedDevice } from '../api/contracts.js';
import { deviceName, placeName } from '../format/device.js';
import { shortReason } from '../session/why-ended.js';
import { Ago } from '../ui/ago.js';
import { Badge } from '../ui/badge.js';

const ALARMING: ReadonlySet<string> = new Set(['token-reuse', 'revoked', 'account-disabled']);

/** Sessions that are over, and why. */
export function EndedList({ ended }: { readonly ended: readonly EndedDevice[] }) {
  return (
    <section className="card stack" aria-labelledby="ended">
      <h2 id="ended">Ended lately</h2>
      <ul className="lines">
        {ended.map(({ id, userAgent, ip, endedBecause, endedAt }) => (
          <li key={id} className="row spread">
            <span>
              {deviceName(userAgent).name} <span className="muted small">{placeName(ip)}</span>
            </span>
            <span className="row">
              <Badge tone={ALARMING.has(endedBecause) ? 'warn' : 'plain'}>{shortReason(endedBecause)}</Badge>
              <span className="muted small">
                <Ago at={endedAt} />
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
