import { Durations, statusClass, type DurationSeries } from '@holdfast/service-defaults';
import type { Registry } from 'prom-client';
import type { RequestsInFlight } from '../http/requests-in-flight.js';
import { isFailure, type Traffic } from './traffic.js';

/** Counts what clients get, from the request's head until the answer's last byte; what they did not wait for apart. */
export function measureAnswers(
  registry: Registry,
  inFlight: RequestsInFlight,
  traffic: Pick<Traffic, 'answers'>,
): void {
  const durations = new Durations({
    name: 'holdfast_gateway_request_duration_seconds',
    help: 'How long clients waited for their whole answers, by class of status',
    registry,
  });
  const left = durations.series({ status: 'left' });
  const byClass: (DurationSeries | undefined)[] = [];
  inFlight.onAnswered = ({ statusCode, writableFinished }, ms) => {
    traffic.answers.add(writableFinished && isFailure(statusCode));
    if (!writableFinished) return left.observe(ms);
    const at = Math.floor(statusCode / 100);
    (byClass[at] ??= durations.series({ status: statusClass(statusCode) })).observe(ms);
  };
}
