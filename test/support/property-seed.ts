import fc from 'fast-check';

/** Seed of random tests: fixed, so that failures are reproducible; printed with every failure. */
export const SEED = Number(process.env['METAL_API_TEST_SEED'] ?? 20260101);

/** Number of runs of a slow random test. */
export const RUNS = Number(process.env['METAL_API_TEST_RUNS'] ?? 100);

// Importing this file applies the seed.
fc.configureGlobal({ seed: SEED });
