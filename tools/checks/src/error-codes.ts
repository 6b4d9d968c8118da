import { ERRORS } from '@holdfast/contracts';
import ts from 'typescript';
import type { Check } from './check.js';
import { plain, tableRows } from './markdown.js';
import type { Repository } from './repository.js';
import { nodesOf, parse } from './source-file.js';
import { servesTests } from './workspace.js';

const DOCUMENT = 'docs/reference/errors.md';

/** What the reference must say of a code. */
export type ErrorTable = Readonly<Record<string, { readonly status: number; readonly remedy: string }>>;

/** The reference and the code name the same errors, with one status and one way out. */
export const errorCodes: Check = {
  name: 'error-codes',
  fact: 'every error code is documented with its status, its cause and the way out',
  run: (repository) => errorCodeFaults(repository, ERRORS),
};

type Row = Readonly<Record<string, string>>;

/** As `errorCodes`, against any table. */
export function errorCodeFaults(repository: Repository, table: ErrorTable): readonly string[] {
  const rows = tableRows(repository.text(DOCUMENT) ?? '').filter((row) =>
    plain(row['code']).startsWith('ERR_'),
  );
  const documented = new Set(rows.map((row) => plain(row['code'])));
  const internal = internalCodes(repository, table);
  const missing = [...Object.keys(table), ...internal.keys()].filter((code) => !documented.has(code));
  return [
    ...missing.map((code) => `${DOCUMENT}: ${code} is missing${where(internal.get(code))}`),
    ...rows.flatMap((row) => rowFaults(row, table, internal)),
    ...otherStatuses(repository, table),
  ];
}

function rowFaults(row: Row, table: ErrorTable, internal: ReadonlyMap<string, string>): readonly string[] {
  const code = plain(row['code']);
  const entry = table[code];
  if (entry === undefined && !internal.has(code)) return [`${DOCUMENT}: ${code} does not exist in the code`];
  const remedy = entry?.remedy.replaceAll('`', '') ?? '';
  const empty = ['cause', 'way out'].filter((column) => plain(row[column]) === '');
  return [
    ...empty.map((column) => `${DOCUMENT}: ${code} says nothing under "${column}"`),
    ...(entry === undefined || plain(row['status']) === String(entry.status)
      ? []
      : [`${DOCUMENT}: the status of ${code} is ${entry.status}`]),
    ...(plain(row['way out']).startsWith(remedy)
      ? []
      : [`${DOCUMENT}: the way out of ${code} must begin with "${remedy}"`]),
  ];
}

/** Codes of error classes that are in no table: those never reach a client as they are. Each with its file. */
function internalCodes(repository: Repository, table: ErrorTable): ReadonlyMap<string, string> {
  const codes = nodesIn(repository).flatMap(([node, path]) =>
    codesOf(node)
      .filter((code) => !(code in table))
      .map((code) => [code, path] as const),
  );
  return new Map(codes);
}

/** `code = 'ERR_…'` of a class or a parameter, and `'ERR_…'` as a type, in a union or alone. */
function codesOf(node: ts.Node): readonly string[] {
  const isCode =
    (ts.isPropertyDeclaration(node) || ts.isParameter(node)) &&
    ts.isIdentifier(node.name) &&
    node.name.text === 'code';
  const texts = isCode || ts.isLiteralTypeNode(node) ? [...nodesOf(node)].filter(ts.isStringLiteralLike) : [];
  return texts.map(({ text }) => text).filter((text) => text.startsWith('ERR_'));
}

/** A library that has a filter of its own answers with the statuses of the table. */
function otherStatuses(repository: Repository, table: ErrorTable): readonly string[] {
  return nodesIn(repository).flatMap(([node, path]) => {
    if (!ts.isPropertyAssignment(node) || !ts.isNumericLiteral(node.initializer)) return [];
    const [code, status] = [node.name.getText(), Number(node.initializer.text)];
    const wanted = table[code]?.status;
    return wanted === undefined || wanted === status ? [] : [`${path}: the status of ${code} is ${wanted}`];
  });
}

function nodesIn(repository: Repository): readonly (readonly [node: ts.Node, path: string])[] {
  return repository
    .paths(/^(apps|libs|tools)\/.*\/src\/.*\.ts$/)
    .filter((path) => !servesTests(path))
    .flatMap((path) =>
      [...nodesOf(parse(path, repository.text(path) ?? ''))].map((node) => [node, path] as const),
    );
}

function where(path: string | undefined): string {
  return path === undefined ? '' : `, see ${path}`;
}
