import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Table } from '../../src/platform/store/table.js';
import type { Box, WriterSettings } from './store-box.js';

/** The output of a writer process over any number of restarts. Values are counts; 0 means an absent document. */
export class Acknowledged {
  private readonly acknowledged = new Map<string, number>();
  private readonly begun = new Map<string, number>();
  /** Number of additions to the shared counter. */
  total = 0;
  /** Total number of acknowledged writes. */
  writes = 0;

  hear(line: string): void {
    const [what, id = '', count] = line.split(' ');
    if (what === 'begin') this.begun.set(id, Number(count));
    else this.writes++;
    if (what === 'total') this.total++;
    if (what === 'done') this.settle(id, this.begun.get(id) ?? 0);
  }

  /** Documents that match neither their last acknowledged write nor a write that was in flight. */
  wrong(table: Table<Box>): string[] {
    const ids = new Set([...this.acknowledged.keys(), ...this.begun.keys()]);
    const found = (id: string): number => table.get(id)?.count ?? 0;
    const bad = [...ids].filter((id) => ![this.acknowledged.get(id) ?? 0, this.begun.get(id)].includes(found(id)));
    const wrong = bad.map((id) => `${id}: ${this.acknowledged.get(id)} acknowledged, ${found(id)} there`);
    const counted = found('total');
    return counted < this.total ? [...wrong, `total: ${this.total} acknowledged, ${counted} there`] : wrong;
  }

  /** Adopts the stored state after the writer exited: the outcome of its last writes is where the next one starts. */
  resolve(table: Table<Box>): void {
    for (const id of [...this.begun.keys()]) this.settle(id, table.get(id)?.count ?? 0);
  }

  private settle(id: string, count: number): void {
    this.acknowledged.set(id, count);
    this.begun.delete(id);
  }
}

/** A running `store-writer.ts`. */
export class WriterProcess {
  private errors = '';

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.stderr.on('data', (data: Buffer) => (this.errors += data.toString()));
  }

  /**
   * Starts the writer; resolves when it has loaded the store and starts writing. Rejects with its output if it exits.
   */
  static async start(program: string, settings: WriterSettings, heard: Acknowledged): Promise<WriterProcess> {
    const child = spawn(process.execPath, [program, JSON.stringify(settings)]);
    const writer = new WriterProcess(child);
    await new Promise<void>((resolve, reject) => {
      child.once('close', () => reject(new Error(`the writer exited: ${writer.errors}`)));
      createInterface(child.stdout).on('line', (line) => (line === 'started' ? resolve() : heard.hear(line)));
    });
    return writer;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Kills the process with SIGKILL; resolves when all of its output was read. */
  async kill(): Promise<void> {
    if (!this.alive) throw new Error(`the writer exited unexpectedly: ${this.errors}`);
    const closed = once(this.child, 'close');
    this.child.kill('SIGKILL');
    await closed;
  }
}
