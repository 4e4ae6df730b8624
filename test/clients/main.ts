import { goSuite } from './go-suite.js';
import { metalctlSuites } from './metalctl/metalctl-suite.js';
import type { Outcome } from './program.js';
import { pythonSuite } from './python-suite.js';
import { startSite } from './site.js';

const MACHINES = 6;

/** Tests a server with the real clients; exits with 1 if a suite fails. */
async function main(): Promise<number> {
  const site = await startSite(MACHINES);
  const outcomes: Outcome[] = [];
  try {
    outcomes.push(await goSuite('metal-go-0.44', site));
    outcomes.push(await goSuite('metal-go-0.11', site));
    outcomes.push(await pythonSuite('0.44.1', site));
    outcomes.push(await pythonSuite('0.45.0', site));
    outcomes.push(...(await metalctlSuites(site)));
  } finally {
    await site.stop();
  }
  for (const { name, result, detail } of outcomes) console.log(`${result.toUpperCase().padEnd(8)}${name}: ${detail}`);
  return outcomes.some(({ result }) => result === 'failed') ? 1 : 0;
}

process.exitCode = await main();
