import { defineConfig } from 'vitest/config';

// Three kinds of tests (docs: CONTRIBUTING.md): unit tests beside the code, contract suites for each port's adapters,
// and end-to-end tests through HTTP, gRPC and the built program.
export default defineConfig({
  test: {
    globals: false,
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/skipped-suites.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.spec.ts', 'migrations/**/*.spec.ts'] } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.spec.ts'], testTimeout: 120_000 } },
      { extends: true, test: { name: 'e2e', include: ['test/e2e/**/*.spec.ts'], testTimeout: 120_000 } },
    ],
  },
});
