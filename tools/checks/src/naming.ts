import type { Check } from './check.js';

const SOURCES = /^(apps|libs|tools|e2e)\/.*\.(ts|tsx|mts|mjs|js)$/;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const VAGUE_FOLDERS = new Set(['common', 'shared', 'utils', 'util', 'helpers', 'helper', 'misc', 'lib']);
const LONGEST_ENTRY = 20;

/** File and folder names say what is in them. */
export const naming: Check = {
  name: 'naming',
  fact: 'source files are kebab-case and no folder is named for nothing in particular',
  run(repository) {
    return repository.paths(SOURCES).flatMap((path) => {
      const parts = path.split('/');
      const file = parts.at(-1) ?? '';
      const vague = parts.slice(0, -1).filter((folder) => VAGUE_FOLDERS.has(folder));
      return [
        ...(KEBAB_CASE.test(file) ? [] : [`${path}: write the file's name in kebab-case`]),
        ...vague.map((folder) => `${path}: "${folder}" says nothing: name the folder for what it holds`),
      ];
    });
  },
};

/** An application's main.ts starts it and does nothing else. */
export const entryPoints: Check = {
  name: 'entry-points',
  fact: `every application starts at a main.ts of at most ${LONGEST_ENTRY} lines`,
  run(repository) {
    return repository.paths(/^apps\/[^/]+\/package\.json$/).flatMap((path) => {
      const main = path.replace('package.json', 'src/main.ts');
      const text = repository.text(main);
      if (text === undefined) return [`${main} is missing`];
      const lines = text.trimEnd().split('\n').length;
      return lines > LONGEST_ENTRY ? [`${main} has ${lines} lines: at most ${LONGEST_ENTRY}`] : [];
    });
  },
};
