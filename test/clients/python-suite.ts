import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isInstalled, runProgram } from './program.js';
import type { Outcome } from './program.js';
import type { SiteDescription } from './site.js';

/** Releases of the client: one from before July 2026, and one that supports rooms and the admin status of ports. */
export type PythonRelease = '0.44.1' | '0.45.0';

/**
 * Runs the flows of `test/clients/python` with a release of metal_python, in a virtual environment that is cached in the
 * user's cache folder.
 */
export async function pythonSuite(release: PythonRelease, site: SiteDescription): Promise<Outcome> {
  const name = `metal_python ${release}`;
  if (!isInstalled('python3', '--version')) {
    return { name, result: 'missing', detail: 'NOT TESTED, there is no Python here' };
  }
  console.log(`::: ${name}`);
  const cwd = resolve('test/clients/python');
  const environment = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'metal-api',
    `python-client-${release}`,
  );
  const python = join(environment, 'bin', 'python');
  const setUp = async (): Promise<boolean> => {
    if (!existsSync(python) && (await runProgram({ command: 'python3', args: ['-m', 'venv', environment], cwd })) !== 0)
      return false;
    const args = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      `metal_python==${release}`,
      '-r',
      'requirements.txt',
    ];
    return (await runProgram({ command: python, args, cwd })) === 0;
  };
  if (!(await setUp())) return { name, result: 'failed', detail: 'the client could not be installed' };
  const code = await runProgram({
    command: python,
    args: ['-W', 'ignore', '-m', 'unittest', '--verbose', 'flows'],
    cwd,
    env: { METAL_API_TEST_SITE: JSON.stringify(site), PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { name, result: code === 0 ? 'passed' : 'failed', detail: `python ended with ${code}` };
}
