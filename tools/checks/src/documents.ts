import { dirname, join } from 'node:path/posix';
import type { Check } from './check.js';
import { codeSpansOf, linksOf } from './markdown.js';
import type { Repository } from './repository.js';
import { manifestAt } from './workspace.js';

const LONGEST_README = 200;
const PATH = /^(?:apps|libs|tools|docs|docker|e2e|\.github|\.ci)\/[\w./-]*$/;
const SCRIPT = /\bnpm (?:run ([\w:-]+)|(start|test)\b)/g;

/** The README is short, and no document names what does not exist. */
export const documents: Check = {
  name: 'documents',
  fact: `the README has at most ${LONGEST_README} lines, and what documents name exists`,
  run(repository) {
    const readme = repository.text('README.md');
    const lines = (readme ?? '').trimEnd().split('\n').length;
    return [
      ...(readme === undefined ? ['README.md is missing'] : []),
      ...(lines > LONGEST_README ? [`README.md has ${lines} lines: at most ${LONGEST_README}`] : []),
      ...repository.paths(/\.md$/).flatMap((path) => documentFaults(repository, path)),
    ];
  },
};

function documentFaults(repository: Repository, path: string): readonly string[] {
  const text = repository.text(path) ?? '';
  const targets = linksOf(text)
    .filter((link) => !/^([a-z]+:|#)/.test(link))
    .map((link) => join(dirname(path), decodeURI(link.replace(/#.*$/, ''))));
  const named = codeSpansOf(text).filter((code) => PATH.test(code));
  const scripts = manifestAt(repository, 'package.json').scripts ?? {};
  const mentioned = [...text.matchAll(SCRIPT)].map(([, run, short]) => run ?? short ?? '');
  return [
    ...[...new Set(targets)]
      .filter((target) => !repository.has(target))
      .map((target) => `${path}: links to ${target}, which does not exist`),
    ...[...new Set(named)]
      .filter((target) => !repository.has(target))
      .map((target) => `${path}: names ${target}, which does not exist`),
    ...[...new Set(mentioned)]
      .filter((script) => !(script in scripts))
      .map((script) => `${path}: there is no npm script "${script}"`),
  ];
}
