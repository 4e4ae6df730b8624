import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { endsWithin } from '../../shared/concurrency/deadline.js';
import type { BmcTarget } from '../bmc/bmc-driver.js';
import type { Ipmitool } from '../bmc/ipmitool.js';
import type { SerialLine, SerialLineEvents } from './serial-line.js';
import { SolOutput } from './sol-output.js';

/** ipmitool's escape character: Ctrl-_. */
const ESCAPE = 0x1f;
const [CR, LF] = [0x0d, 0x0a];
/** Input that ipmitool has not taken yet, in bytes. */
const MAX_PENDING = 64 * 1024;
/** Milliseconds for the goodbye to the BMC. */
const CLOSE_MS = 5000;

/**
 * Serial over LAN by `ipmitool sol activate`, without a terminal. At the end of its input, ipmitool ends the session at the
 * BMC; so it does when this process dies.
 */
export class SolLine implements SerialLine {
  private isClosing = false;
  private atLineStart = true;
  /** After a break, ipmitool's state is not known: no escape character may follow. */
  private afterBreak = false;
  private readonly output: SolOutput;
  private readonly gone: Promise<void>;

  /** Throws BmcError. */
  static async open(tool: Ipmitool, target: BmcTarget, events: SerialLineEvents): Promise<SolLine> {
    const escape = String.fromCharCode(ESCAPE);
    const { program, args, env, isOn } = await tool.prepare(target, ['-e', escape], ['sol', 'activate']);
    return new SolLine(spawn(program, args, { env, stdio: 'pipe' }), isOn, events);
  }

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    readonly isOn: boolean,
    events: SerialLineEvents,
  ) {
    this.output = new SolOutput((chunk) => events.data(chunk));
    child.stdout.on('data', (chunk: Buffer) => this.output.console(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.output.complaint(chunk));
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    this.gone = new Promise((resolve) => {
      const end = (): void => {
        resolve();
        if (!this.isClosing) events.ended(this.output.reason());
        this.isClosing = true;
      };
      child.once('error', end).once('close', end);
    });
  }

  write(data: Buffer): boolean {
    if (this.child.stdin.writableLength > MAX_PENDING) return false;
    this.child.stdin.write(this.escaped(data));
    return true;
  }

  sendBreak(): void {
    if (!this.atLineStart) return;
    this.child.stdin.write(Buffer.from([ESCAPE, 0x42]));
    this.afterBreak = true;
  }

  async close(): Promise<void> {
    this.isClosing = true;
    this.child.stdin.end();
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (await endsWithin(this.gone, CLOSE_MS)) return;
      this.child.kill(signal);
    }
  }

  /** ipmitool takes an escape character at the beginning of a line for a command of its own unless it is doubled. */
  private escaped(data: Buffer): Buffer {
    const bytes: number[] = [];
    for (const byte of data) {
      const isEscape = byte === ESCAPE && this.atLineStart;
      if (isEscape && this.afterBreak) continue;
      bytes.push(...(isEscape ? [byte, byte] : [byte]));
      this.atLineStart = byte === CR || byte === LF;
      this.afterBreak = false;
    }
    return Buffer.from(bytes);
  }
}
