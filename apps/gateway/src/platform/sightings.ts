import type { Topology } from '@holdfast/contracts';
import type { Sighting, WorkerReport, WorkerView } from '../supervisor/messages.js';
import { rounded, trafficOf } from './traffic-shown.js';

type Gateway = Topology['gateways'][number];
type Service = Topology['services'][number];
type Instance = Service['instances'][number];
type Seen = Sighting & { readonly gateway: string };

/** How the workers themselves stand, by their ids: one that came back does not change its place. */
export function gatewaysOf(reports: readonly WorkerReport[]): Gateway[] {
  return reports
    .map(({ id, pid, isReady, view }) => ({
      id,
      pid,
      state: view?.state ?? (isReady ? ('silent' as const) : ('starting' as const)),
      inFlight: view?.inFlight ?? null,
      traffic: view ? answered(view) : null,
    }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** The services by name, each with its instances as all workers together see them. */
export function servicesOf(reports: readonly WorkerReport[]): Topology['services'] {
  const seen = reports.flatMap(({ id, view }) =>
    (view?.instances ?? []).map((sighting): Seen => ({ ...sighting, gateway: id })),
  );
  return [...grouped(seen, ({ service }) => service)].map(([name, ofService]) => ({
    name,
    policy: policyOf(name, reports),
    instances: [...grouped(ofService, ({ id }) => id).values()].map(instanceOf),
  }));
}

function answered({ traffic }: WorkerView): Gateway['traffic'] {
  const { perSecond, failedShare } = trafficOf([traffic]);
  return { perSecond, failedShare };
}

/** All workers choose alike, but for one that was silent when it was changed. */
function policyOf(service: string, reports: readonly WorkerReport[]): Service['policy'] {
  return reports.map(({ view }) => view?.policies[service]).find((policy) => policy !== undefined);
}

/** A worker that has not heard of an instance's new run yet speaks of one that is gone. */
function instanceOf(sightings: readonly [Seen, ...Seen[]]): Instance {
  const newest = sightings.reduce((one, other) => (other.startedAt > one.startedAt ? other : one));
  const ofRun = sightings.filter(({ startedAt }) => startedAt === newest.startedAt);
  const sum = (each: (sighting: Seen) => number) => ofRun.reduce((total, one) => total + each(one), 0);
  const { id, pid, url, state, startedAt, weight } = newest;
  return {
    id,
    pid,
    url,
    state,
    startedAt: new Date(startedAt).toISOString(),
    ...(weight !== undefined && { weight }),
    inFlight: sum(({ inFlight }) => inFlight),
    latencyMs: rounded(sum(({ latencyMs }) => latencyMs) / ofRun.length, 1),
    available: ofRun.every(({ available }) => available),
    ejectedUntil: timeOf(Math.max(...ofRun.map(({ ejectedUntil }) => ejectedUntil ?? 0))),
    traffic: trafficOf(ofRun.map(({ traffic }) => traffic)),
    seenBy: ofRun.map(({ gateway, inFlight, latencyMs, available, ejectedUntil, traffic }) => ({
      gateway,
      inFlight,
      latencyMs: rounded(latencyMs, 1),
      available,
      ejectedUntil: timeOf(ejectedUntil ?? 0),
      traffic: trafficOf([traffic]),
    })),
  };
}

function grouped<T>(items: readonly T[], nameOf: (item: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group) group.push(item);
    else groups.set(nameOf(item), [item]);
  }
  return new Map([...groups].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function timeOf(ms: number): string | null {
  return ms === 0 ? null : new Date(ms).toISOString();
}
