import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestKindsFirst } from './test/support/longest-kinds-first.js';

/** Unit tests next to the code, contract suites for each port's adapters, and tests through HTTP, gRPC and the built program. */
const FAST = [
  'src/**/*.spec.ts',
  'migrations/**/*.spec.ts',
  'console/src/**/*.spec.ts',
  'test/bench/**/*.spec.ts',
  'test/contract/**/*.spec.ts',
  'test/e2e/**/*.spec.ts',
];

/** Projects with other numbers of workers need an order of their own. */
const LATER = { groupOrder: 1 };

// Kinds of tests: docs/contributing/testing.md. What takes less than five minutes is one project, because a worker imports the
// application once per project.
export default defineConfig({
  test: {
    globals: false,
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/skipped-suites.ts'],
    hookTimeout: 200_000,
    // A busy computer takes its time; what never happens fails later.
    expect: { poll: { timeout: 30_000 } },
    // Importing the application takes seconds, so the files of a worker share its modules. A test that changes what belongs to
    // the process (environment, umask, timers) restores it.
    isolate: false,
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestKindsFirst },
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
          name: 'fast',
          include: FAST,
          // Temporary folders, and with them all databases, in memory.
          globalSetup: ['test/support/memory-disk.ts'],
          testTimeout: 120_000,
          // Many tests wait, for programs that they started and for deadlines: more workers than cores keep the cores at work.
          maxWorkers: availableParallelism() + 3,
        },
      },
      {
        extends: true,
        test: { name: 'browser', sequence: LATER, include: ['test/browser/**/*.spec.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        test: { name: 'soak', sequence: LATER, include: ['test/soak/**/*.spec.ts'], testTimeout: 300_000 },
      },
    ],
  },
});
