import { validate } from 'dockerfile-utils';
import type { Check } from './check.js';

const DOCKERFILE = 'docker/Dockerfile';

/** What the image must say, each with the reason. */
const NEEDED: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^ARG APP$/m, 'ARG APP: one file builds every application'],
  [/\bnpm ci\b/, 'npm ci: the lockfile decides what is installed'],
  [/^USER (?!root|0\b)/m, 'USER: the application does not run as root'],
  [/^HEALTHCHECK .*\s*CMD \[.*\/livez/m, 'HEALTHCHECK of /livez in exec form'],
  [/^STOPSIGNAL SIGTERM$/m, 'STOPSIGNAL SIGTERM: what starts the drain'],
  [/NODE_ENV=production/, 'NODE_ENV=production'],
  [/^CMD \["node"/m, 'CMD in exec form: a shell would not pass SIGTERM on'],
];

/** The image is valid, of the documented Node and runs with as little as possible. */
export const dockerfile: Check = {
  name: 'dockerfile',
  fact: 'the Dockerfile is valid and its last stage runs node, not as root, with a health check',
  run(repository) {
    const text = repository.text(DOCKERFILE);
    if (text === undefined) return [`${DOCKERFILE} is missing`];
    const lastStage = text.slice(text.lastIndexOf('\nFROM '));
    const node = repository.text('.nvmrc')?.trim() ?? '';
    return [
      ...validate(text).map(({ message, range }) => `${DOCKERFILE}:${range.start.line + 1}: ${message}`),
      ...NEEDED.filter(([pattern]) => !pattern.test(text)).map(
        ([, reason]) => `${DOCKERFILE} needs ${reason}`,
      ),
      ...(/^USER /m.test(lastStage) ? [] : [`${DOCKERFILE}: the last stage must name its USER`]),
      ...(text.includes(`FROM node:${node}-`)
        ? []
        : [`${DOCKERFILE}: build on node:${node}-…, as .nvmrc says`]),
      ...(/^ADD /m.test(text) ? [`${DOCKERFILE}: COPY does what ADD does, without surprises`] : []),
    ];
  },
};
