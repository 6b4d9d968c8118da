import type { FailureCounts } from './statistics.js';
import type { Trial } from './trial.js';

/** The columns of the table, in order. */
export const COLUMNS = [
  'fault',
  'requests',
  'failed (by status and code)',
  'lost',
  'undone',
  'false thefts',
  'longest gap ms',
  'p99 ms',
  'recovered after ms',
] as const;

/** What a row shows. */
export type Shown = Pick<
  Trial,
  'fault' | 'requests' | 'failures' | 'verdicts' | 'longestGapMs' | 'p99Ms' | 'recoveryMs'
>;

/** The cells of a trial's row. */
export function cells(trial: Shown): readonly string[] {
  const { fault, requests, failures, verdicts } = trial;
  return [
    fault.title,
    String(requests),
    failuresText(failures),
    String(verdicts.lost),
    String(verdicts.undone),
    String(verdicts.theft),
    ...timesText(trial),
  ];
}

/** How many failed, and of what. */
export function failuresText(failures: FailureCounts): string {
  const total = failures.reduce((sum, [, count]) => sum + count, 0);
  const byStatus = failures.map(([reason, count]) => `${reason} × ${count}`).join(', ');
  return total === 0 ? '0' : `${total} (${byStatus})`;
}

/** The last cells of each row. */
export function timesText({
  longestGapMs,
  p99Ms,
  recoveryMs,
}: Pick<Trial, 'longestGapMs' | 'p99Ms' | 'recoveryMs'>): readonly string[] {
  const recovered = recoveryMs === undefined ? 'never' : String(Math.round(recoveryMs));
  return [String(Math.round(longestGapMs)), String(Math.round(p99Ms)), recovered];
}

/** The table in Markdown, head first: numbers to the right, but for those with reasons. */
export function markdownRows([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  const rule = head.map((_name, at) => (at === 0 || at === 2 ? '---' : '--:'));
  return [head, rule, ...rows].map(line).join('\n');
}

/** The rows of the table, head first. */
export function tableRows(trials: readonly Shown[]): readonly (readonly string[])[] {
  return [COLUMNS, ...trials.map(cells)];
}

/** A table for a terminal, head first: columns in line. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_name, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head = [], ...body] = rows.map(line);
  return [head, rule, ...body].join('\n');
}

/** The table in Markdown. */
export function markdownTable(trials: readonly Shown[]): string {
  return markdownRows(tableRows(trials));
}
