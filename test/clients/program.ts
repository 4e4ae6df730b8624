import { spawn, spawnSync } from 'node:child_process';

/** A suite's end: what ran, and how it ended. */
export interface Outcome {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'missing';
  readonly detail: string;
}

/** Whether a program of this name starts; `version` is the argument that prints its version. */
export function isInstalled(command: string, version: string): boolean {
  return spawnSync(command, [version], { stdio: 'ignore' }).status === 0;
}

export interface Invocation {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until it is ended. */
  readonly timeout?: number;
}

/** Runs a program to its end with its output passed on; resolves with its exit code, 1 when a signal ended it. */
export function runProgram({ command, args, cwd, env, timeout = 600_000 }: Invocation): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit', timeout });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
