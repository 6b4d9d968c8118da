const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // Never 'import' here: Jest then loads the ES build of CommonJS packages and breaks on named imports.
  testEnvironmentOptions: { customExportConditions: ['@holdfast/source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.nx/', '<rootDir>/.holdfast/'],
};

const sources = ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools'];

/** End-to-end specs that leave the fleet as they find it run side by side. Each other one has it to itself. */
const SIDE_BY_SIDE = [
  'accounts',
  'attacks',
  'bad-input',
  'browser',
  'console',
  'contract',
  'key-rotation',
  'oauth-clients',
  'refresh',
  'secrets',
  'session-sharing',
  'store-dump',
  'strategies',
  'streams',
];
const sideBySide = `/src/(${SIDE_BY_SIDE.join('|')})\\.e2e\\.spec\\.ts$`;

const endToEnd = {
  ...base,
  roots: ['<rootDir>/e2e'],
  globalSetup: '<rootDir>/e2e/jest/fleet-setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/e2e/jest/timeout.mjs'],
  globalTeardown: '<rootDir>/e2e/jest/fleet-teardown.mjs',
};

/**
 * `unit` needs nothing, `integration` real Redis and Postgres, `e2e` and `e2e-alone` the fleet built to `dist`; of
 * `e2e-alone` no two specs may run at a time.
 */
export default {
  projects: [
    {
      ...base,
      displayName: 'unit',
      roots: sources,
      testMatch: ['**/src/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.integration\\.spec\\.ts$'],
      setupFilesAfterEnv: ['<rootDir>/tools/launcher/jest/timeout.mjs'],
    },
    {
      ...base,
      displayName: 'integration',
      roots: sources,
      testMatch: ['**/src/**/*.integration.spec.ts'],
      globalSetup: '<rootDir>/tools/launcher/jest/integration-setup.mjs',
      setupFilesAfterEnv: ['<rootDir>/tools/launcher/jest/timeout.mjs'],
      globalTeardown: '<rootDir>/tools/launcher/jest/integration-teardown.mjs',
    },
    { ...endToEnd, displayName: 'e2e', testRegex: sideBySide },
    {
      ...endToEnd,
      displayName: 'e2e-alone',
      testMatch: ['**/src/**/*.e2e.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', sideBySide],
    },
  ],
};
