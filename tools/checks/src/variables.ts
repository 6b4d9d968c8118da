import ts from 'typescript';
import type { Repository } from './repository.js';
import { nodesOf, parse } from './source-file.js';
import { servesTests } from './workspace.js';

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

/** What a tool reads of the environment by a literal name: `env['NAME']`, `env.NAME`, `reader.number('NAME', …)`. */
export function readsOf(repository: Repository, folder: string): ReadonlySet<string> {
  const files = repository
    .paths(/\.(ts|mjs)$/)
    .filter((path) => path.startsWith(`${folder}/`) && !path.includes('/jest/') && !servesTests(path));
  return new Set(
    files.flatMap((path) =>
      [...nodesOf(parse(path, repository.text(path) ?? ''))].map(nameRead).filter((name) => NAME.test(name)),
    ),
  );
}

function nameRead(node: ts.Node): string {
  if (isAssigned(node)) return '';
  const isEnvironment = (object: ts.Node) => /\benv(ironment)?$/.test(object.getText());
  if (ts.isPropertyAccessExpression(node)) return isEnvironment(node.expression) ? node.name.text : '';
  if (ts.isElementAccessExpression(node) && isEnvironment(node.expression))
    return textOf(node.argumentExpression);
  const isReader = ts.isCallExpression(node) && /\breader\.\w+$/.test(node.expression.getText());
  return isReader ? textOf(node.arguments[0]) : '';
}

/** Setting a variable, for another process or with `??=`, is not reading it. */
function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined || !ts.isBinaryExpression(parent) || parent.left !== node) return false;
  const { kind } = parent.operatorToken;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

function textOf(node: ts.Node | undefined): string {
  return node !== undefined && ts.isStringLiteral(node) ? node.text : '';
}

/** The members of a schema: properties in capitals of object literals. */
function membersOf(repository: Repository, path: string): readonly (readonly [string, Variable])[] {
  return [...nodesOf(parse(path, repository.text(path) ?? ''))].flatMap((node) => {
    if (!ts.isPropertyAssignment(node) || !NAME.test(node.name.getText())) return [];
    // A schema is made by a call or has a name; anything else is a value.
    const isSchema = ts.isCallExpression(node.initializer) || ts.isIdentifier(node.initializer);
    if (!isSchema) return [];
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
  // A default that is made by a function, or a list, is no value that one could write into a variable.
  if (node === undefined || ts.isArrowFunction(node) || ts.isArrayLiteralExpression(node)) return 'optional';
  return ts.isStringLiteralLike(node) || ts.isNumericLiteral(node) ? node.text : node.getText();
}
