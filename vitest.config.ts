import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const withFilesInMemory = { globalSetup: ['test/support/memory-disk.ts'] };

// Four kinds of tests (docs/contributing/testing.md): unit tests next to the code, contract suites for each port's adapters,
// end-to-end tests through HTTP, gRPC and the built program, and long ones that crash or flood it.
export default defineConfig({
  test: {
    globals: false,
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/skipped-suites.ts'],
    testTimeout: 60_000,
    hookTimeout: 200_000,
    // A busy computer takes its time; what never happens fails later.
    expect: { poll: { timeout: 30_000 } },
    // Importing the application takes seconds, so the files of a worker share its modules. A test that changes what belongs to
    // the process (environment, umask, timers) restores it.
    isolate: false,
    // Many tests wait, for programs that they started and for deadlines: one worker more than cores keeps the cores at work.
    maxWorkers: availableParallelism() + 1,
    // Only with `npm run coverage`. What runs in processes of its own, such as the built server, is not counted.
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'migrations/**/*.ts'],
      exclude: ['**/*.spec.ts'],
      reporter: ['text-summary', 'html', 'lcovonly'],
      reportsDirectory: 'coverage',
    },
    projects: [
      {
        extends: true,
        test: {
          ...withFilesInMemory,
          name: 'unit',
          include: [
            'src/**/*.spec.ts',
            'migrations/**/*.spec.ts',
            'console/src/**/*.spec.ts',
            'test/bench/**/*.spec.ts',
          ],
        },
      },
      {
        extends: true,
        test: { ...withFilesInMemory, name: 'contract', include: ['test/contract/**/*.spec.ts'], testTimeout: 120_000 },
      },
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.spec.ts'], testTimeout: 120_000 } },
      {
        extends: true,
        test: { ...withFilesInMemory, name: 'e2e', include: ['test/e2e/**/*.spec.ts'], testTimeout: 120_000 },
      },
      { extends: true, test: { name: 'soak', include: ['test/soak/**/*.spec.ts'], testTimeout: 300_000 } },
    ],
  },
});
