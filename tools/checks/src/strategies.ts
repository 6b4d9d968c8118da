import { DECLARATIONS, STRATEGIES, type Declaration, type SessionStrategy } from '@holdfast/session-core';
import type { Check } from './check.js';
import { plain, tableRows } from './markdown.js';
import type { Repository } from './repository.js';

const DOCUMENT = 'docs/guarantees.md';
/** How the page says that a strategy declares a guarantee; anything else says why it does not. */
const DECLARED = 'yes';

/** What each strategy declares. */
export type Declarations = Readonly<
  Record<SessionStrategy, Pick<Declaration, 'absent'> & { readonly declared: readonly string[] }>
>;

/** The page and the code say the same of what each strategy declares. */
export const strategies: Check = {
  name: 'strategies',
  fact: 'docs/guarantees.md says what each strategy declares, as the code does',
  run: (repository) => strategyFaults(repository, DECLARATIONS),
};

/** As `strategies`, against any declarations. */
export function strategyFaults(repository: Repository, declarations: Declarations): readonly string[] {
  const rows = tableRows(repository.text(DOCUMENT) ?? '').filter((row) => 'guarantee' in row);
  const ids = new Set(STRATEGIES.flatMap((each) => idsOf(declarations[each])));
  const shown = new Set(rows.map((row) => plain(row['guarantee'])));
  return [
    ...[...ids]
      .filter((id) => !shown.has(id))
      .map((id) => `${DOCUMENT}: no row says which strategy declares ${id}`),
    ...rows.flatMap((row) => STRATEGIES.flatMap((each) => cellFaults(row, each, declarations[each]))),
  ];
}

function cellFaults(
  row: Readonly<Record<string, string>>,
  strategy: SessionStrategy,
  { declared, absent }: Declarations[SessionStrategy],
): readonly string[] {
  const id = plain(row['guarantee']);
  const expected = declared.includes(id) ? DECLARED : (absent as Record<string, string | undefined>)[id];
  if (expected === undefined) return [`${DOCUMENT}: the code says nothing of ${id} with ${strategy}`];
  return plain(row[strategy]) === expected
    ? []
    : [`${DOCUMENT}: ${id} with ${strategy} is "${expected}" in the code`];
}

function idsOf({ declared, absent }: Declarations[SessionStrategy]): readonly string[] {
  return [...declared, ...Object.keys(absent)];
}
