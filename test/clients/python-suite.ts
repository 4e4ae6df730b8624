import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isInstalled, runProgram } from './program.js';
import type { Outcome } from './program.js';
import type { SiteDescription } from './site.js';

const NAME = 'metal_python';

/** Runs the flows of `test/clients/python` in a virtual environment kept in the user's cache folder. */
export async function pythonSuite(site: SiteDescription): Promise<Outcome> {
  if (!isInstalled('python3', '--version')) {
    return { name: NAME, result: 'missing', detail: 'NOT TESTED, there is no Python here' };
  }
  console.log(`::: ${NAME}`);
  const cwd = resolve('test/clients/python');
  const environment = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'metal-api', 'python-client');
  const python = join(environment, 'bin', 'python');
  const setUp = async (): Promise<boolean> => {
    if (!existsSync(python) && (await runProgram({ command: 'python3', args: ['-m', 'venv', environment], cwd })) !== 0)
      return false;
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'];
    return (await runProgram({ command: python, args, cwd })) === 0;
  };
  if (!(await setUp())) return { name: NAME, result: 'failed', detail: 'the client could not be installed' };
  const code = await runProgram({
    command: python,
    args: ['-W', 'ignore', '-m', 'unittest', '--verbose', 'flows'],
    cwd,
    env: { METAL_API_TEST_SITE: JSON.stringify(site), PYTHONDONTWRITEBYTECODE: '1' },
  });
  return { name: NAME, result: code === 0 ? 'passed' : 'failed', detail: `python ended with ${code}` };
}
