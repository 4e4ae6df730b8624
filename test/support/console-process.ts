import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';

/** Runs `metal-api console` of the built program in a separate process. */
export class ConsoleProcess {
  private output = '';

  private constructor(
    private readonly process: ChildProcess,
    readonly variables: Readonly<Record<string, string>>,
  ) {
    const listen = (data: Buffer): void => void (this.output += data.toString());
    process.stdout?.on('data', listen);
    process.stderr?.on('data', listen);
  }

  static async start(variables: Readonly<Record<string, string>>): Promise<ConsoleProcess> {
    const env = { PATH: searchPath(), METAL_API_CONSOLE_BMC_NETWORKS: '127.0.0.0/8', ...variables };
    const child = spawn(process.execPath, ['dist/main.js', 'console'], { stdio: ['ignore', 'pipe', 'pipe'], env });
    const program = new ConsoleProcess(child, variables);
    await eventually('the console server runs', () => {
      if (child.exitCode !== null) throw new Error(`the console server exited: ${program.output}`);
      return program.port > 0;
    });
    return program;
  }

  get log(): string {
    return this.output;
  }

  get port(): number {
    return Number(/serves consoles on port (\d+)/.exec(this.output)?.[1] ?? 0);
  }

  /** Resolves to the exit code after SIGTERM. */
  async stop(): Promise<number | null> {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
    return this.process.exitCode;
  }
}
