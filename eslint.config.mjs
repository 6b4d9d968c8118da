import { createProjectGraphAsync } from '@nx/devkit';
import comments from '@eslint-community/eslint-plugin-eslint-comments';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// The boundary rule reads a cached project graph, and skips itself where there is none (a fresh clone). So make it first.
process.env['NX_DAEMON'] ??= 'false';
process.env['NX_ISOLATE_PLUGINS'] ??= 'false';
await createProjectGraphAsync({ exitOnError: true });

/** Who may import whom, by layer. There is no fallback: a project without both tags may import nothing. */
const LAYERS = {
  core: ['core'],
  adapter: ['core'],
  nest: ['core', 'adapter', 'nest'],
  app: ['core', 'adapter', 'nest'],
  testing: ['core', 'testing'],
  tool: ['core', 'adapter', 'tool'],
  e2e: ['core', 'adapter', 'tool'],
};

/** Who may know whom, by subject. The libraries know nothing of the platform that is built with them. */
const SCOPES = {
  session: ['session'],
  balancer: ['balancer'],
  platform: ['session', 'balancer', 'platform'],
  tools: ['session', 'balancer', 'platform', 'tools'],
};

/** External packages of the framework-free layers. `core` has an allow-list, adapters must not see a framework. */
const EXTERNALS = {
  core: { allowedExternalImports: ['zod'] },
  adapter: { bannedExternalImports: ['@nestjs/*', 'fastify', '@fastify/*', 'rxjs', 'reflect-metadata'] },
};
const EXTERNALS_OF_SPECS = { core: { allowedExternalImports: ['zod', '@jest/globals', 'fast-check'] } };

const tagged = (axis, names) => names.map((name) => `${axis}:${name}`);

/** The options of the boundary rule. Specs may import the `testing` layer too; nothing else may. */
function boundaries({ ofSpecs }) {
  const extra = ofSpecs ? ['testing'] : [];
  const layers = Object.entries(LAYERS).map(([layer, below]) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: tagged('layer', [...new Set([...below, ...extra])]),
    ...(ofSpecs ? { ...EXTERNALS, ...EXTERNALS_OF_SPECS } : EXTERNALS)[layer],
  }));
  const scopes = Object.entries(SCOPES).map(([scope, known]) => ({
    sourceTag: `scope:${scope}`,
    onlyDependOnLibsWithTags: tagged('scope', known),
  }));
  // A core library's own spec may run a contract suite of the `testing` layer, which imports that library.
  const ignoredCircularDependencies = ofSpecs ? [['session-core', 'session-testing']] : [];
  return {
    depConstraints: [...layers, ...scopes],
    ignoredCircularDependencies,
    enforceBuildableLibDependency: false,
  };
}

const IO_BUILT_INS =
  'fs,fs/promises,net,http,https,http2,child_process,dgram,tls,dns,dns/promises,cluster,worker_threads,os,inspector,repl,readline,sqlite';
const ioBuiltIns = IO_BUILT_INS.split(',').flatMap((name) => [name, `node:${name}`]);

/** Imports that are a mistake in every application and library. */
const BANNED_IMPORTS = [
  {
    name: '@nestjs/common',
    importNames: ['Global', 'forwardRef'],
    message: 'Import the module where it is needed, and allow no cycles.',
  },
  ...['process', 'node:process'].map((name) => ({
    name,
    importNames: ['env'],
    message: 'Only config.ts reads the environment.',
  })),
];

const IO_GLOBALS = ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'process'];
const NO_IO = 'A core library decides and does no I/O: put this in an adapter.';

/** Syntax that is always a mistake here, each with the way out. */
const BANNED_SYNTAX = [
  {
    selector: 'ExportAllDeclaration',
    message: 'Name what you export: an `export *` makes a public interface by accident.',
  },
  {
    selector:
      ':matches(ImportDeclaration, ExportNamedDeclaration)[source.value=/^\\.{1,2}\\u002f(?!.*\\.(js|mjs|json)$)/]',
    message: 'Write the extension `.js`: without it the built code does not start.',
  },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Use a named export: one name for one thing, everywhere.',
  },
  {
    selector: 'NewExpression[callee.name=/Exception$/]',
    message: 'Throw a CodedError: domain code knows no HTTP, one filter does.',
  },
];

const BANNED_ENVIRONMENT = {
  object: 'process',
  property: 'env',
  message: 'Only config.ts reads the environment: it reports all faults together and freezes the answer.',
};

const typescriptRules = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
  '@typescript-eslint/only-throw-error': 'error',
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-unsafe-assignment': 'error',
  '@typescript-eslint/no-unsafe-call': 'error',
  '@typescript-eslint/no-unsafe-member-access': 'error',
  '@typescript-eslint/no-unsafe-return': 'error',
  '@typescript-eslint/no-unsafe-argument': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-unnecessary-type-assertion': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/ban-ts-comment': 'error',
  '@typescript-eslint/no-deprecated': 'error',
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  '@typescript-eslint/max-params': ['error', { max: 4 }],
};

const everywhereRules = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-var': 'error',
  'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
  'no-debugger': 'error',
  'no-eval': 'error',
  'no-new-func': 'error',
  'no-constant-condition': ['error', { checkLoops: 'allExceptWhileTrue' }],
  'no-unreachable': 'error',
  'no-fallthrough': 'error',
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-unsafe-finally': 'error',
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
  'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: false, skipComments: false }],
  '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
  '@eslint-community/eslint-comments/no-unlimited-disable': 'error',
  '@eslint-community/eslint-comments/disable-enable-pair': 'error',
};

/** Specs, and what only specs use. */
const SPECS = ['**/*.spec.ts', '{apps,libs,tools}/**/src/**/{spec,testing,fixtures}/**/*.ts'];
const TEST_CODE = [...SPECS, 'e2e/src/**/*.ts', 'libs/session/testing/**/*.ts'];

export default [
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      '.holdfast/**',
      'coverage/**',
      // These must fail: `tools/checks` proves that they do.
      'tools/checks/fixtures/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
    plugins: { '@eslint-community/eslint-comments': comments },
    rules: everywhereRules,
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@typescript-eslint': tseslint.plugin, '@nx': nx },
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      ...typescriptRules,
      'no-restricted-syntax': ['error', ...BANNED_SYNTAX],
      'no-restricted-imports': ['error', { paths: BANNED_IMPORTS }],
      '@nx/enforce-module-boundaries': ['error', boundaries({ ofSpecs: false })],
    },
  },
  {
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.ts'],
    rules: { 'no-console': 'error', 'no-restricted-properties': ['error', BANNED_ENVIRONMENT] },
  },
  {
    files: ['apps/*/src/config.ts', 'libs/service-defaults/src/config.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['libs/session/core/**/*.ts', 'libs/balancer/{core,simulator}/**/*.ts', 'libs/contracts/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [...BANNED_IMPORTS, ...ioBuiltIns.map((name) => ({ name, message: NO_IO }))] },
      ],
      'no-restricted-globals': ['error', ...IO_GLOBALS.map((name) => ({ name, message: NO_IO }))],
    },
  },
  {
    files: TEST_CODE,
    rules: {
      'max-lines': 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/max-params': 'off',
      'no-restricted-properties': 'off',
      'no-template-curly-in-string': 'off',
    },
  },
  {
    files: SPECS,
    rules: { '@nx/enforce-module-boundaries': ['error', boundaries({ ofSpecs: true })] },
  },
];
