import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestKindsFirst } from './test/support/longest-kinds-first.js';

/** Many tests wait, for programs that they started and for deadlines: more workers than cores keep the cores at work. */
const FAST = {
  maxWorkers: availableParallelism() + 3,
  // Temporary folders, and with them all databases, in memory.
  globalSetup: ['test/support/memory-disk.ts'],
  testTimeout: 120_000,
};

/** Projects with other numbers of workers need an order of their own. */
const LATER = { groupOrder: 1 };

const specsIn = (folder: string): string[] =>
  readdirSync(folder, { encoding: 'utf8', recursive: true }).flatMap((path) =>
    path.endsWith('.spec.ts') ? join(folder, path) : [],
  );

const UNIT = ['src', 'migrations', 'console/src', 'test/bench'].flatMap(specsIn);

/** Their clock would run what other specs have left in the worker, such as a feed that reconnects, without an end. */
const withOwnTimers = (spec: string): boolean => readFileSync(spec, 'utf8').includes('vi.useFakeTimers');

// Kinds of tests: docs/contributing/testing.md. A worker imports the application once per project.
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
          ...FAST,
          name: 'unit',
          include: UNIT.filter((spec) => !withOwnTimers(spec)),
        },
      },
      { extends: true, test: { ...FAST, name: 'unit-timers', include: UNIT.filter(withOwnTimers), isolate: true } },
      {
        extends: true,
        test: {
          ...FAST,
          name: 'integration',
          include: ['test/contract/**/*.spec.ts', 'test/e2e/**/*.spec.ts'],
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
