import { spawn, spawnSync } from 'node:child_process';

/** The result of a suite: its name and outcome. */
export interface Outcome {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'missing';
  readonly detail: string;
}

/** Whether a program is installed; `version` is the argument that prints its version. */
export function isInstalled(command: string, version: string): boolean {
  return spawnSync(command, [version], { stdio: 'ignore' }).status === 0;
}

export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the program is killed. */
  readonly timeout?: number;
}

/** Runs a program and forwards its output; resolves to its exit code, or 1 if a signal ended it. */
export function runProgram({ command, args, cwd, env, timeout = 600_000 }: Invocation): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit', timeout });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
