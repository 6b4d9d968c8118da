import ts from 'typescript';
import type { Repository } from './repository.js';
import { nodesOf, parse } from './source-file.js';

/** One variable as a program reads it. */
export interface Variable {
  /** The default in the code; `required` or `optional` where there is none. */
  readonly fallback: string;
}

/** Variables by name. */
export type Variables = ReadonlyMap<string, Variable>;

const COMMON = 'libs/service-defaults/src/environment.ts';
const NAME = /^[A-Z][A-Z0-9_]+$/;

/** What an application's config.ts reads, the common variables included if it spreads them in. */
export function variablesOf(repository: Repository, app: string): Variables {
  const own = repository.text(`apps/${app}/src/config.ts`) ?? '';
  const common = own.includes('serviceEnvironment') ? membersOf(repository, COMMON) : [];
  return new Map([...common, ...membersOf(repository, `apps/${app}/src/config.ts`)]);
}

/** What a tool reads of `process.env` by a literal name. */
export function readsOf(repository: Repository, folder: string): ReadonlySet<string> {
  const files = repository
    .paths()
    .filter((path) => path.startsWith(`${folder}/`) && /(?<!\.spec)\.(ts|mjs)$/.test(path));
  const names = files.flatMap((path) =>
    [...nodesOf(parse(path, repository.text(path) ?? ''))].flatMap((node) => {
      const isRead =
        ts.isElementAccessExpression(node) && /\benv(ironment)?$/.test(node.expression.getText());
      const name = isRead && ts.isStringLiteral(node.argumentExpression) ? node.argumentExpression.text : '';
      return NAME.test(name) ? [name] : [];
    }),
  );
  return new Set(names);
}

/** The members of a schema: properties in capitals of object literals. */
function membersOf(repository: Repository, path: string): readonly (readonly [string, Variable])[] {
  return [...nodesOf(parse(path, repository.text(path) ?? ''))].flatMap((node) => {
    if (!ts.isPropertyAssignment(node) || !NAME.test(node.name.getText())) return [];
    return [[node.name.getText(), { fallback: fallbackOf(node.initializer) }] as const];
  });
}

/** Reads `….default(x)`, `….optional()` and helpers that take their default as a number: `milliseconds(30_000)`. */
function fallbackOf(schema: ts.Expression): string {
  if (!ts.isCallExpression(schema)) return 'required';
  const { expression } = schema;
  const [argument] = schema.arguments;
  const method = ts.isPropertyAccessExpression(expression) ? expression.name.text : undefined;
  if (method === 'optional') return 'optional';
  const isNumber = argument !== undefined && ts.isNumericLiteral(argument);
  if (method === 'default' || (method === undefined && isNumber)) return valueOf(argument);
  return method === undefined || !ts.isPropertyAccessExpression(expression)
    ? 'required'
    : fallbackOf(expression.expression);
}

function valueOf(node: ts.Expression | undefined): string {
  if (node === undefined) return 'optional';
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return node.text;
  return node.getText();
}
