/** The cells of each body row of all tables in a Markdown text, by column name in lower case. */
export function tableRows(text: string): readonly Readonly<Record<string, string>>[] {
  const rows: Record<string, string>[] = [];
  let columns: readonly string[] | undefined;
  for (const line of text.split('\n')) {
    const cells = cellsOf(line);
    if (cells === undefined) columns = undefined;
    else if (columns === undefined) columns = cells.map((cell) => cell.toLowerCase());
    else if (!cells.every((cell) => /^:?-+:?$/.test(cell))) rows.push(rowOf(columns, cells));
  }
  return rows;
}

/** The text of a cell without code marks. */
export function plain(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '').trim();
}

/** The targets of all links in a Markdown text, code blocks left out. */
export function linksOf(text: string): readonly string[] {
  return [...withoutCodeBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '');
}

/** All links of a Markdown text: what they say and where they lead. What they say holds no brackets. */
export function namedLinksOf(text: string): readonly { readonly name: string; readonly target: string }[] {
  return [...withoutCodeBlocks(text).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(
    ([, name = '', target = '']) => ({ name, target }),
  );
}

/** What stands between single back-ticks. */
export function codeSpansOf(text: string): readonly string[] {
  return [...withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code ?? '');
}

function withoutCodeBlocks(text: string): string {
  return text.replace(/^```[^]*?^```/gm, '');
}

function cellsOf(line: string): readonly string[] | undefined {
  const trimmed = line.trim();
  if (!trimmed.startsWith('|') || !trimmed.endsWith('|')) return undefined;
  return trimmed
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function rowOf(columns: readonly string[], cells: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
}
