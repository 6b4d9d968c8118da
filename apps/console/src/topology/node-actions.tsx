import { codeOf } from '../api/problem.js';
import { Problem } from '../ui/problem.js';
import type { TopologyNode } from './nodes.js';
import { useOperation, type Operation } from './use-operations.js';

const FAULTS = [
  ['kill', 'Kill'],
  ['stop', 'Stop'],
  ['slow', 'Slow'],
] as const;

interface NodeActionsProps {
  readonly node: TopologyNode;
  readonly onDone?: () => void;
}

/** What can be done to a process. Faults are for a development fleet: elsewhere they are not found. */
export function NodeActions({ node: { id, kind, health, word }, onDone }: NodeActionsProps) {
  const operate = useOperation();
  if (kind === 'postgres') return null;
  const isRefused = codeOf(operate.error) === 'ERR_NOT_FOUND' && operate.variables?.kind !== 'drain';
  const act = (action: Operation['kind']) =>
    operate.mutate({ kind: action, target: id }, { onSuccess: onDone });
  return (
    <>
      <div className="row wrap">
        {kind !== 'redis' && word !== 'gone' && (
          <button
            type="button"
            className="button small"
            disabled={operate.isPending}
            onClick={() => act(health === 'resting' ? 'undrain' : 'drain')}
          >
            {health === 'resting' ? 'Undrain' : 'Drain'}
          </button>
        )}
        {!isRefused &&
          FAULTS.map(([fault, name]) => (
            <button
              key={fault}
              type="button"
              className="button small danger"
              aria-label={`${name}: ${id}`}
              disabled={operate.isPending || word === 'gone'}
              onClick={() => act(fault)}
            >
              {name}
            </button>
          ))}
      </div>
      {operate.error &&
        (isRefused ? (
          <p className="muted small">This is no development fleet: nothing is broken here on purpose.</p>
        ) : (
          <Problem error={operate.error} />
        ))}
    </>
  );
}
