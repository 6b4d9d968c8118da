import { useMemo } from 'react';
import { useStore } from '../api/use-store.js';
import { faultsAsked, useLiveEvents } from '../events/live-events.js';
import { marksOf } from '../events/timeline.js';
import { useTopology } from '../topology/use-topology.js';
import { Page } from '../ui/page.js';
import { EpisodeList } from './episode-list.js';
import { MarkList } from './mark-list.js';
import { Targets } from './targets.js';
import { TimelineChart } from './timeline-chart.js';
import { TrafficBar } from './traffic-bar.js';
import { useTraffic } from './traffic.js';

/** Break something, and watch what the platform makes of it. */
export function FailoverPage() {
  const { events } = useLiveEvents();
  const { data } = useTopology();
  const faults = useStore(faultsAsked);
  const nodes = data?.topology.redis.nodes;
  const names = useMemo(() => new Map(nodes?.map(({ address, id }) => [address, id])), [nodes]);
  const marks = useMemo(() => marksOf(events, faults, names), [events, faults, names]);
  const { perSecond, seen } = useTraffic();
  return (
    <Page
      title="Failover"
      lead="Break something while requests run, and watch who notices, who takes over, and what it costs."
    >
      <div className="stack">
        <TrafficBar perSecond={perSecond} seen={seen} />
        <TimelineChart marks={marks} samples={seen} />
        <div className="halves">
          <Targets />
          <div className="stack">
            <EpisodeList marks={marks} />
            <MarkList marks={marks} />
          </div>
        </div>
      </div>
    </Page>
  );
}
