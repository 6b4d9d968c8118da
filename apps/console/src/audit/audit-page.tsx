import { addressOf } from '../router/routes.js';
import { go } from '../router/use-place.js';
import { Page } from '../ui/page.js';
import { AnomalyList } from './anomaly-list.js';
import { FilterBar } from './filter-bar.js';
import { filtersOf, type Filters } from './filters.js';
import { Trail } from './trail.js';

const TABS = [
  ['', 'Trail'],
  ['anomalies', 'Anomalies'],
] as const;

/** What happened to accounts and sessions, and what looks wrong. The address holds what is asked for. */
export function AuditPage({ query }: { readonly query: URLSearchParams }) {
  const tab = query.get('tab') ?? '';
  const filters = filtersOf(query);
  const ask = (changed: Partial<Filters>) => go(addressOf('audit', { ...filters, ...changed }), 'replace');
  return (
    <Page
      title="Audit"
      lead="Who did what to whom, append-only and chained, and what the detectors make of it."
      actions={
        <div className="segmented" role="group" aria-label="What to see">
          {TABS.map(([id, name]) => (
            <button
              key={id}
              type="button"
              aria-pressed={tab === id}
              onClick={() => go(addressOf('audit', { tab: id }))}
            >
              {name}
            </button>
          ))}
        </div>
      }
    >
      {tab === 'anomalies' ? (
        <AnomalyList />
      ) : (
        <div className="stack">
          <FilterBar filters={filters} onChange={ask} />
          <Trail filters={filters} />
        </div>
      )}
    </Page>
  );
}
