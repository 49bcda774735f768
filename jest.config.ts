/** @jest-config-loader esbuild-register */
/** Finds, compiles and runs the tests, and holds the thresholds of coverage. */

const { availableParallelism } = require('node:os') as typeof import('node:os');

// Node 22 and later load this file by themselves, and would warn of `export` in a CommonJS package.
const config: import('jest').Config = {
  testEnvironment: '<rootDir>/__tests__/support/environment.ts',
  // `npm test` runs `*.test.ts` alone. The others need a Chromium, run what is published as its
  // users do, or make things go wrong while processes log.
  testMatch: ['<rootDir>/__tests__/**/*.{test,browser,package,faults}.ts'],
  roots: ['<rootDir>/src', '<rootDir>/__tests__', '<rootDir>/examples'],
  // Tests wait for conditions, so this ends only those that hang.
  testTimeout: 120_000,
  // Suites mostly wait for servers and processes of their own. More than this would make them wait for memory.
  maxWorkers: Math.min(8, 2 * availableParallelism()),
  globalSetup: '<rootDir>/__tests__/support/global-setup.ts',
  globalTeardown: '<rootDir>/__tests__/support/global-teardown.ts',
  moduleNameMapper: {
    // What recipes import is the source, as for the compiler.
    '^winston-redis-recent-common$': '<rootDir>/src/index.ts',
    // Each suite loads its packages anew: those of many files as the bundles that the global setup makes.
    '^(@redis/client|redis|redis-[45]|winston|winston-transport(?:/legacy)?)$':
      '<rootDir>/node_modules/.cache/bundles/$1',
  },
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

module.exports = config;
