import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { balancingGuide } from './document.js';
import { measureAll } from './measure.js';
import { pictures } from './pictures.js';

/** The guide and its pictures, by path below `docs/guides`. */
export function guideFiles(): Readonly<Record<string, string>> {
  const measured = measureAll();
  return { 'balancing.md': balancingGuide(measured), ...pictures(measured) };
}

/** Writes them to a folder; answers what was written. */
export function writeGuide(folder: string): readonly string[] {
  return Object.entries(guideFiles()).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  });
}
