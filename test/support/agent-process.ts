import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from './eventually.js';
import { searchPath } from './installed.js';

/** Runs `metal-api agent` of the built program in a separate process. */
export class AgentProcess {
  private output = '';

  private constructor(private readonly process: ChildProcess) {
    const listen = (data: Buffer): void => void (this.output += data.toString());
    process.stdout?.on('data', listen);
    process.stderr?.on('data', listen);
  }

  static async start(partition: string, variables: Readonly<Record<string, string>>): Promise<AgentProcess> {
    const args = ['dist/main.js', 'agent', '--partition', partition];
    const env = { PATH: searchPath(), METAL_API_AGENT_BMC_NETWORKS: '127.0.0.0/8', ...variables };
    const agent = new AgentProcess(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env }));
    await eventually('the agent runs', () => {
      if (agent.ended) throw new Error(`the agent exited during start-up: ${agent.output}`);
      return agent.output.includes('waiting for commands');
    });
    return agent;
  }

  /** All log output so far. */
  get log(): string {
    return this.output;
  }

  /** Kills the process with SIGKILL. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Stops the agent after its commands in progress; resolves to the exit code. */
  async stop(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  private get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    if (!this.ended) {
      const gone = once(this.process, 'exit');
      this.process.kill(signal);
      await gone;
    }
    return this.process.exitCode;
  }
}
