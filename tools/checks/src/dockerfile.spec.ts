import { describe, expect, it } from '@jest/globals';
import { dockerfile } from './dockerfile.js';
import { Repository } from './repository.js';

const DOCKERFILE = `FROM node:24-bookworm-slim AS build
RUN npm ci

FROM node:24-bookworm-slim
ARG APP
ENV NODE_ENV=production
USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s CMD ["node", "-e", "fetch('/livez')"]
CMD ["node", "dist/main.js"]
`;

function faults(change: (text: string) => string = (text) => text) {
  return dockerfile.run(Repository.ofFiles({ 'docker/Dockerfile': change(DOCKERFILE), '.nvmrc': '24\n' }));
}

describe('the check of the Dockerfile', () => {
  it('passes a good one', () => {
    expect(faults()).toEqual([]);
  });

  it.each([
    ['an unknown instruction', 'RUN npm ci', 'RUNN npm ci', 'Unknown instruction'],
    ['npm install', 'npm ci', 'npm install', 'npm ci'],
    ['root', 'USER node', 'USER root', 'USER'],
    ['a shell as first process', 'CMD ["node", "dist/main.js"]', 'CMD node dist/main.js', 'exec form'],
    ['another Node', 'node:24', 'node:23', 'node:24'],
    ['no health check', 'HEALTHCHECK --interval=5s CMD', 'RUN', 'HEALTHCHECK'],
    ['ADD', 'RUN npm ci', 'RUN npm ci\nADD . .', 'COPY'],
  ])('fails for %s', (_what, from, to, expected) => {
    expect(faults((text) => text.replaceAll(from, to))).toContainEqual(expect.stringContaining(expected));
  });

  it('fails for a USER that is only in an earlier stage', () => {
    expect(
      faults((text) => text.replace('USER node\n', '').replace('RUN npm ci', 'RUN npm ci\nUSER node')),
    ).toEqual([expect.stringContaining('last stage')]);
  });
});
