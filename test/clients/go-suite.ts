import { isInstalled, runProgram } from './program.js';
import type { Outcome } from './program.js';
import type { SiteDescription } from './site.js';

/** Runs one of the Go modules in `test/clients/go`; `go` fetches dependencies through the module proxy. */
export async function goSuite(module: string, site: SiteDescription): Promise<Outcome> {
  if (!isInstalled('go', 'version')) {
    return { name: module, result: 'missing', detail: 'NOT TESTED, there is no Go toolchain here' };
  }
  console.log(`::: ${module}`);
  const begin = Date.now();
  const code = await runProgram({
    command: 'go',
    args: ['test', '-count=1', '-timeout=5m', './...'],
    cwd: `test/clients/go/${module}`,
    env: { METAL_API_TEST_SITE: JSON.stringify(site), GOFLAGS: '-mod=readonly' },
  });
  const detail = `go test ended with ${code} after ${Math.round((Date.now() - begin) / 1000)} s`;
  return { name: module, result: code === 0 ? 'passed' : 'failed', detail };
}
