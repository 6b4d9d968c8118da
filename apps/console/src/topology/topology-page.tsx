import { useState } from 'react';
import { Badge } from '../ui/badge.js';
import { Page } from '../ui/page.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';
import { BalancerCard } from './balancer-card.js';
import { NodeDialog } from './node-dialog.js';
import type { TopologyNode } from './nodes.js';
import { RotateKey } from './rotate-key.js';
import { TopologyPicture } from './topology-picture.js';
import { useTopology } from './use-topology.js';

const STREAM = { connecting: 'connecting', open: 'live', closed: 'not live' } as const;

/** Who runs, and how everybody does. */
export function TopologyPage() {
  const { data, error, refetch, stream } = useTopology();
  const [chosen, setChosen] = useState<TopologyNode>();
  return (
    <Page
      title="Topology"
      lead="Every process of the platform, as all gateway workers see it. Choose one to look closer."
      actions={
        <>
          <Badge tone={stream === 'open' ? 'ok' : 'warn'}>{STREAM[stream]}</Badge>
          <RotateKey />
        </>
      }
    >
      <div className="stack">
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton rows={1} height={560} />}
        {data && data.topology.silent.length > 0 && (
          <p className="notice warn">
            Silent: {data.topology.silent.join(', ')}. What they hold is in no sum.
          </p>
        )}
        {data && <TopologyPicture {...data} onChoose={setChosen} />}
        {data && <BalancerCard services={data.topology.services} />}
      </div>
      {chosen && data && (
        <NodeDialog node={chosen} topology={data.topology} onClose={() => setChosen(undefined)} />
      )}
    </Page>
  );
}
