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

/** Three projects: `unit` needs nothing, `integration` real Redis and Postgres, `e2e` the fleet built to `dist`. */
export default {
  projects: [
    {
      ...base,
      displayName: 'unit',
      roots: sources,
      testMatch: ['**/src/**/*.spec.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.integration\\.spec\\.ts$'],
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
    {
      ...base,
      displayName: 'e2e',
      roots: ['<rootDir>/e2e'],
      testMatch: ['**/src/**/*.e2e.spec.ts'],
      globalSetup: '<rootDir>/e2e/jest/fleet-setup.mjs',
      setupFilesAfterEnv: ['<rootDir>/e2e/jest/timeout.mjs'],
      globalTeardown: '<rootDir>/e2e/jest/fleet-teardown.mjs',
    },
  ],
};
