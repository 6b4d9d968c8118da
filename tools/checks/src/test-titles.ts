import ts from 'typescript';
import { nodesOf, parse } from './source-file.js';

/** The names that a spec gives its blocks and tests: first arguments of `describe(…)`, `it(…)`, `test(…)`, `it.each(…)(…)`. */
export function titlesIn(path: string, text: string): readonly string[] {
  return [...nodesOf(parse(path, text))].flatMap((node) => {
    if (!ts.isCallExpression(node) || !/^(describe|it|test)\b/.test(node.expression.getText())) return [];
    const [title] = node.arguments;
    if (title === undefined || ts.isArrayLiteralExpression(title)) return [];
    return [ts.isStringLiteralLike(title) ? title.text : title.getText()];
  });
}
