import fc from 'fast-check';

/** What random tests start from: fixed, so that a failure is the same tomorrow; it is printed with every failure. */
export const SEED = Number(process.env['METAL_API_TEST_SEED'] ?? 20260101);

/** How often a random test tries that takes its time. */
export const RUNS = Number(process.env['METAL_API_TEST_RUNS'] ?? 100);

// Whoever imports this file, if only for this, uses the seed.
fc.configureGlobal({ seed: SEED });
