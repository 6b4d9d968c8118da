import { useId } from 'react';
import type { BalancerChange, BalancerChanged, Topology } from '../api/platform.js';
import { Problem } from '../ui/problem.js';
import { isChangeable, POLICIES } from './policies.js';
import { useBalancer } from './use-operations.js';

/** By which policy the gateway chooses among the instances of each service, and another one. */
export function BalancerCard({ services }: Pick<Topology, 'services'>) {
  const change = useBalancer();
  return (
    <section className="card stack" aria-labelledby="balancer">
      <div>
        <h2 id="balancer">Balancer</h2>
        <p className="muted small">
          How all gateway workers choose among the instances of a service. A change lasts until the gateway
          starts anew.
        </p>
      </div>
      <div className="filters">
        {services.flatMap(({ name, policy }) =>
          policy && isChangeable(name) ? (
            <PolicyField
              key={name}
              service={name}
              policy={policy}
              isBusy={change.isPending}
              onChange={change.mutate}
            />
          ) : (
            []
          ),
        )}
      </div>
      {change.data && <Changed {...change.data} />}
      {change.error && <Problem error={change.error} />}
    </section>
  );
}

interface PolicyFieldProps {
  readonly service: NonNullable<BalancerChange['service']>;
  readonly policy: BalancerChange['policy'];
  readonly isBusy: boolean;
  readonly onChange: (change: BalancerChange) => void;
}

function PolicyField({ service, policy, isBusy, onChange }: PolicyFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{service}</label>
      <select
        id={id}
        value={policy}
        disabled={isBusy}
        onChange={({ target }) => onChange({ service, policy: target.value as BalancerChange['policy'] })}
      >
        {Object.entries(POLICIES).map(([name, words]) => (
          <option key={name} value={name}>
            {`${name}: ${words}`}
          </option>
        ))}
      </select>
    </div>
  );
}

function Changed({ service, policy, silent }: BalancerChanged) {
  return (
    <p role="status" className={`notice ${silent.length === 0 ? 'ok' : 'warn'}`}>
      {`Instances of ${service ?? 'every service'} are now chosen by ${policy}`}
      {silent.length > 0 && `; not confirmed by ${silent.join(', ')}, which may do so later`}.
    </p>
  );
}
