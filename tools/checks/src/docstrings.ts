import { dirname, join } from 'node:path/posix';
import ts from 'typescript';
import type { Check } from './check.js';
import type { Repository } from './repository.js';
import { parse } from './source-file.js';

/** Every export of a library says what it is. */
export const docstrings: Check = {
  name: 'docstrings',
  fact: 'every export of a library has a docstring',
  run(repository) {
    return repository.paths(/^libs\/.*\/src\/index\.ts$/).flatMap((index) => {
      const exported = exportsOf(repository, index, index);
      return exported
        .filter(({ documented }) => !documented)
        .map(({ name, path }) => `${path}: ${name} has no docstring`);
    });
  },
};

interface Exported {
  readonly name: string;
  readonly path: string;
  readonly documented: boolean;
}

/** What a file exports: its own declarations, and what it passes on from files of its own package. */
function exportsOf(repository: Repository, path: string, via: string): readonly Exported[] {
  const text = repository.text(path);
  if (text === undefined) return [{ name: `what ${via} exports from ${path}`, path, documented: false }];
  const file = parse(path, text);
  return file.statements.flatMap((statement): readonly Exported[] => {
    if (ts.isExportDeclaration(statement)) return passedOn(repository, path, statement);
    if (!isExported(statement)) return [];
    const documented = ts.getJSDocCommentsAndTags(statement).length > 0;
    return namesOf(statement).map((name) => ({ name, path, documented }));
  });
}

/** `export { a, b as c } from './x.js'`. What comes from another package is documented there. */
function passedOn(
  repository: Repository,
  path: string,
  statement: ts.ExportDeclaration,
): readonly Exported[] {
  const { moduleSpecifier, exportClause } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  if (!moduleSpecifier.text.startsWith('.')) return [];
  const target = join(dirname(path), moduleSpecifier.text.replace(/\.js$/, '.ts'));
  const all = exportsOf(repository, target, path);
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return all;
  const wanted = new Set(exportClause.elements.map(({ propertyName, name }) => (propertyName ?? name).text));
  return mergeOverloads(all.filter(({ name }) => wanted.has(name)));
}

/** An overloaded function, or a type and a value of one name, is documented once. */
function mergeOverloads(all: readonly Exported[]): readonly Exported[] {
  const byName = new Map<string, Exported>();
  for (const one of all) {
    const documented = one.documented || (byName.get(one.name)?.documented ?? false);
    byName.set(one.name, { ...one, documented });
  }
  return [...byName.values()];
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.getText()];
}
