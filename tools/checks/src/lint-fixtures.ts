import { ESLint, type Linter } from 'eslint';
import type { Check } from './check.js';
import type { Repository } from './repository.js';

const FIXTURES = /^tools\/checks\/fixtures\/lint\/.*\.ts$/;
const MUST_FAIL = /^\/\/ must fail: (\S+)$/m;
const MUST_PASS = /^\/\/ must pass: (\S+)$/m;
const LINTED_AS = /^\/\/ linted as: (\S+)$/m;

/** Lint rules bite: each fixture is refused by the rule that it names, or let through by it. */
export const lintFixtures: Check = {
  name: 'lint-fixtures',
  fact: 'each fixture of a broken convention fails lint, by the rule that it names',
  async run(repository) {
    const paths = repository.paths(FIXTURES);
    if (paths.length === 0)
      return ['tools/checks/fixtures/lint has no fixture: nothing proves that lint bites'];
    const faults: string[] = [];
    for (const path of paths) faults.push(...(await fixtureFaults(repository, path)));
    return faults;
  },
};

async function fixtureFaults(repository: Repository, path: string): Promise<readonly string[]> {
  const text = repository.text(path) ?? '';
  const failing = MUST_FAIL.exec(text)?.[1];
  const rule = failing ?? MUST_PASS.exec(text)?.[1];
  if (rule === undefined) return [`${path}: says neither "// must fail: <rule>" nor "// must pass: <rule>"`];
  const messages = await lint(repository.root, { path, text, rule });
  const fatal = messages.find((message) => message.fatal === true);
  if (fatal !== undefined) return [`${path}: cannot be linted: ${fatal.message}`];
  const reported = messages.some((message) => message.ruleId === rule);
  if (reported === (failing !== undefined)) return [];
  const seen = messages.map(({ message }) => message).join('; ');
  return [
    reported
      ? `${path}: ${rule} refuses it: ${seen}`
      : `${path}: ${rule} lets it through: the convention is not enforced`,
  ];
}

/**
 * Lints with the repository's own configuration and one rule of it. A fixture that is `linted as` a file that does not
 * exist has no types, so only rules that need none can be proven that way.
 */
async function lint(
  root: string,
  { path, text, rule }: { path: string; text: string; rule: string },
): Promise<readonly Linter.LintMessage[]> {
  const disguise = LINTED_AS.exec(text)?.[1];
  const untyped = { languageOptions: { parserOptions: { projectService: false } } };
  const eslint = new ESLint({
    cwd: root,
    ignore: false,
    overrideConfig: disguise === undefined ? {} : untyped,
    ruleFilter: ({ ruleId }) => ruleId === rule,
  });
  const [result] = await eslint.lintText(text, { filePath: disguise ?? path });
  return result?.messages ?? [];
}
