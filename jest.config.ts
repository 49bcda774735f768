/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  testTimeout: 120_000,
  globalSetup: '<rootDir>/__tests__/support/global-setup.ts',
  globalTeardown: '<rootDir>/__tests__/support/global-teardown.ts',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // The client of the dashboard runs in a browser, out of reach of the coverage.
  collectCoverageFrom: ['src/**/*.ts', '!src/index.ts', '!src/dashboard/client/*'],
  coverageProvider: 'babel',
  coverageThreshold: { global: { statements: 95, branches: 90, functions: 95, lines: 95 } },
};

export default config;
