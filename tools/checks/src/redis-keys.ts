import ts from 'typescript';
import type { Check } from './check.js';
import { plain, tableRows } from './markdown.js';
import type { Repository } from './repository.js';
import { nodesOf, parse } from './source-file.js';
import { servesTests } from './workspace.js';

const DOCUMENT = 'docs/reference/redis-keys.md';
const SOURCES = /^(apps|libs)\/.*\/src\/.*\.ts$/;
const COLUMNS = ['type', 'holds', 'written by, when'];
const TYPES = new Set(['string', 'hash', 'sorted set', 'stream', 'list', 'set', 'channel']);

/** Each key that code makes has its row, and each row its code. */
export const redisKeys: Check = {
  name: 'redis-keys',
  fact: 'each key in Redis is documented with its type, life and writer, and none is that no code makes',
  run(repository) {
    const rows = tableRows(repository.text(DOCUMENT) ?? '').filter((row) => plain(row['key']) !== '');
    const documented = rows.map((row) => normal(plain(row['key'])));
    const made = keysIn(repository);
    const isDocumented = ({ kind, key }: MadeKey) =>
      documented.some((row) => (kind === 'suffix' ? row.endsWith(key) : row === key || extendsIt(row, key)));
    return [
      ...(rows.length === 0 ? [`${DOCUMENT} has no row`] : []),
      ...made
        .filter((one) => !isDocumented(one))
        .map(({ path, text }) => `${DOCUMENT}: ${text} is missing, see ${path}`),
      ...rows
        .filter((row) => !isMade(normal(plain(row['key'])), made))
        .map((row) => `${DOCUMENT}: no code makes ${plain(row['key'])}`),
      ...documented
        .filter((key, index) => documented.indexOf(key) !== index)
        .map((key) => `${DOCUMENT}: ${key} has two rows`),
      ...rows.flatMap(rowFaults),
    ];
  },
};

/** What code makes keys of: a whole one, or what it appends to one. */
interface MadeKey {
  readonly kind: 'key' | 'suffix';
  /** Its names taken out: `hf:i:<>`. */
  readonly key: string;
  /** As the code has it. */
  readonly text: string;
  readonly path: string;
}

/** `rate-limiter-flexible` appends the name of what it counts to a prefix that ends in a name. */
function extendsIt(row: string, key: string): boolean {
  return key.endsWith('<>') && (row === `${key}:<>` || row.startsWith(`${key}:<>:`));
}

function isMade(row: string, made: readonly MadeKey[]): boolean {
  const isKey = (text: string) =>
    made.some(
      ({ kind, key }) => kind === 'key' && (key === text || (key.endsWith('<>') && `${key}:<>` === text)),
    );
  const [, before = '', suffix = ''] = /^(.*)(:[a-z-]+)$/.exec(row) ?? [];
  return isKey(row) || (isKey(before) && made.some(({ kind, key }) => kind === 'suffix' && key === suffix));
}

function rowFaults(row: Readonly<Record<string, string>>): readonly string[] {
  const key = plain(row['key']);
  const type = plain(row['type']);
  const empty = COLUMNS.filter((column) => plain(row[column]) === '');
  return [
    ...empty.map((column) => `${DOCUMENT}: ${key} says nothing under "${column}"`),
    ...(TYPES.has(type)
      ? []
      : [`${DOCUMENT}: ${key} has the type "${type}": one of ${[...TYPES].join(', ')}`]),
    ...(type !== 'channel' && plain(row['lives']) === ''
      ? [`${DOCUMENT}: ${key} does not say how long it lives`]
      : []),
  ];
}

/** A key with all its names alike. `{user}` and `{registry}` are said by the document as they are. */
function normal(key: string): string {
  return key.replace(/\{<[^>]*>\}/g, '{user}').replace(/<[^>]*>/g, '<>');
}

function keysIn(repository: Repository): readonly MadeKey[] {
  return repository
    .paths(SOURCES)
    .filter((path) => !servesTests(path) && !path.startsWith('libs/session/testing/'))
    .flatMap((path) =>
      textsOf(parse(path, repository.text(path) ?? '')).flatMap((text) =>
        keysOfText(text).map((made) => ({ ...made, path })),
      ),
    );
}

/** Literals and templates, with `<name>` where something is put in. */
function textsOf(file: ts.SourceFile): readonly string[] {
  return [...nodesOf(file)].flatMap((node) => {
    if (ts.isStringLiteralLike(node)) return [node.text];
    if (!ts.isTemplateExpression(node)) return [];
    const spans = node.templateSpans.map(
      ({ expression, literal }) => `<${expression.getText()}>${literal.text}`,
    );
    return [node.head.text + spans.join('')];
  });
}

function keysOfText(text: string): readonly Omit<MadeKey, 'path'>[] {
  // A pattern of SCAN makes no key.
  const whole = [...text.matchAll(/hf:(?:<[^>]*>|[\w:{}*-])*/g)].filter(([key]) => !key.includes('*'));
  // Lua: what a script appends to the prefix of a user.
  const ofUser = [...text.matchAll(/\bbase \.\. '([\w-]+)(:?)'/g)];
  const appended = /^<[^>]*>(:[a-z-]+)$/.exec(text);
  return [
    ...whole.map(([key]) => ({ kind: 'key' as const, key: normal(key), text: key })),
    ...ofUser.map(([found, word = '', colon]) => {
      const key = `hf:{user}:${word}${colon === '' ? '' : ':<>'}`;
      return { kind: 'key' as const, key, text: found };
    }),
    ...(appended ? [{ kind: 'suffix' as const, key: appended[1] ?? '', text }] : []),
  ];
}
