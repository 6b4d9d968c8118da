import { parse } from 'yaml';
import type { Check } from './check.js';

const WORKFLOW = '.github/workflows/ci.yml';
const NODES = [20, 22, 24];

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix?: { readonly node?: readonly number[] } };
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

interface Workflow {
  readonly on?: { readonly schedule?: readonly unknown[] };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: object;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** The workflow runs what a contributor runs, on every supported Node, and may do nothing else. */
export const workflow: Check = {
  name: 'workflow',
  fact: 'the workflow runs .ci/run on each Node and each night, reads only, and pins its actions',
  run(repository) {
    const text = repository.text(WORKFLOW);
    if (text === undefined) return [`${WORKFLOW} is missing`];
    const file = parse(text) as Workflow;
    const jobs = Object.entries(file.jobs ?? {});
    const testing = jobs.find(([, { steps = [] }]) => steps.some(({ run }) => run?.includes('.ci/run')));
    const nodes = testing?.[1].strategy?.matrix?.node ?? [];
    return [
      ...(JSON.stringify(file.permissions) === '{"contents":"read"}'
        ? []
        : ['permissions must be contents: read']),
      ...(file.concurrency === undefined ? ['concurrency must be limited'] : []),
      ...(file.on?.schedule === undefined ? ['nothing runs each night'] : []),
      ...NODES.filter((node) => !nodes.includes(node)).map((node) => `.ci/run does not run on Node ${node}`),
      ...jobs.flatMap(([name, job]) => jobFaults(name, job)),
    ].map((fault) => `${WORKFLOW}: ${fault}`);
  },
};

function jobFaults(name: string, job: Job): readonly string[] {
  const loose = (job.steps ?? []).flatMap(({ uses = 'a/b@v1' }) =>
    /@(v\d+|[0-9a-f]{40})$/.test(uses) ? [] : [uses],
  );
  return [
    ...loose.map((action) => `${name} uses ${action}: pin it by its major version or a commit`),
    ...(job['timeout-minutes'] === undefined ? [`${name} needs timeout-minutes`] : []),
  ];
}
