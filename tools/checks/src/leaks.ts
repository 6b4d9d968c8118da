import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './check.js';

/** What must stand in no file, each with the reason. */
const LEAKS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/(?<![\w./-])\/(work|root|Users)\/\w/, 'an absolute path of one machine'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/_authToken\s*=|_auth\s*=/, "a registry's credential"],
  [/^\s*(@[\w-]+:)?registry\s*=/m, 'a registry: npm finds its own'],
  [/\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,})\b/, 'an access key'],
];

/** Files whose name says that they hold a secret. `.env.example` holds none: it is checked with the rest. */
const SECRET_FILES = /(^|\/)(\.env(?!\.example$)[^/]*|[^/]*\.(pem|key|p12|env))$/;

/** Nothing of one machine, and no secret, is in the repository; local secrets are their owner's only. */
export const leaks: Check = {
  name: 'leaks',
  fact: 'no secret, registry or path of one machine is in a file, and local secrets have mode 600',
  run(repository) {
    const paths = repository.paths();
    const files = paths.filter((path) => SECRET_FILES.test(path));
    const lines = paths.flatMap((path) => {
      const text = repository.text(path) ?? '';
      return LEAKS.filter(([pattern]) => pattern.test(text)).map(([, reason]) => `${path}: holds ${reason}`);
    });
    const local = repository.root === '' ? [] : looseModes(join(repository.root, '.holdfast'));
    return [
      ...files.map((path) => `${path}: is a file of secrets: keep it out of the repository`),
      ...lines,
      ...local,
    ];
  },
};

/** Files of secrets below a folder that others than their owner may read. Windows knows no such modes. */
export function looseModes(folder: string, platform: string = process.platform): readonly string[] {
  if (platform === 'win32') return [];
  return filesBelow(folder)
    .filter((path) => /\.env$|secret|password|\.key$|run\.json$|[\\/]outbox[\\/]/.test(path))
    .flatMap((path) => {
      const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
      return (mode & 0o077) === 0 ? [] : [`${path}: others may read it: chmod 600`];
    });
}

function filesBelow(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.flatMap((entry) => {
      const path = join(folder, entry.name);
      // Data folders of Redis and Postgres hold thousands of files and none of these.
      if (entry.isDirectory()) return /postgres|redis|data/.test(entry.name) ? [] : filesBelow(path);
      return entry.isFile() ? [path] : [];
    });
  } catch {
    return [];
  }
}
