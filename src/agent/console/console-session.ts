import type { Socket } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { IdleTimer } from '../../shared/concurrency/timers.js';
import type { Caller } from './caller.js';
import { ESCAPE_HELP, EscapeParser } from './escapes.js';
import type { EscapeCommand } from './escapes.js';
import type { EndReason, MachineConsole, Participant } from './machine-console.js';

/** What a client may have left unread, in bytes: further output is skipped. */
const MAX_UNREAD = 256 * 1024;

/** One SSH session: a user's terminal on one side, the console of a machine on the other. */
export class ConsoleSession implements Participant {
  private readonly escapes = new EscapeParser();
  private readonly idle: IdleTimer;
  private console: MachineConsole | undefined;
  private skipped = 0;
  private isOver = false;
  /** Resolves with the reason for the end. */
  readonly ended: Promise<EndReason>;
  private resolveEnded!: (reason: EndReason) => void;

  constructor(
    readonly caller: Caller,
    private readonly channel: ServerChannel,
    private readonly socket: Socket,
    idleTimeout: number,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.idle = new IdleTimer(idleTimeout, () => this.end('idle', 'nothing was typed for too long'));
    channel.on('data', (data: Buffer) => this.input(data));
    channel.on('end', () => this.end('left', 'bye'));
    channel.on('error', () => this.finish('disconnected'));
    channel.on('close', () => this.finish('disconnected'));
    socket.once('close', () => this.finish('disconnected'));
  }

  /** Where input goes from now on. */
  attach(console: MachineConsole): void {
    if (this.isOver) console.leave(this);
    else this.console = console;
  }

  show(data: Buffer): void {
    if (this.isOver) return;
    if (this.channel.writableLength + this.socket.writableLength > MAX_UNREAD) {
      this.skipped += data.length;
      return;
    }
    const { skipped } = this;
    this.skipped = 0;
    if (skipped > 0) this.say(`${skipped} bytes skipped, which your connection was too slow for`);
    this.channel.write(data);
  }

  say(text: string): void {
    if (!this.isOver) this.channel.write(`\r\n[metal-console] ${text}\r\n`);
  }

  end(reason: EndReason, text: string): void {
    if (this.isOver) return;
    this.say(text);
    this.finish(reason);
  }

  private finish(reason: EndReason): void {
    if (this.isOver) return;
    this.isOver = true;
    this.idle.cancel();
    this.console?.leave(this);
    this.resolveEnded(reason);
    if (reason !== 'disconnected') {
      this.channel.exit(reason === 'left' ? 0 : 1);
      this.channel.end();
    }
  }

  private input(data: Buffer): void {
    this.idle.reset();
    this.escapes.parse(
      data,
      (bytes) => this.type(bytes),
      (command) => this.obey(command),
    );
  }

  private type(bytes: Buffer): void {
    if (this.isOver || this.console === undefined) return;
    if (!this.console.write(this, bytes)) this.end('input', 'more was typed than a serial line takes');
  }

  private obey(command: EscapeCommand): void {
    if (command === 'leave') return this.end('left', 'bye');
    if (command === 'help') return this.say(ESCAPE_HELP.join('\r\n'));
    if (this.console === undefined || this.isOver) return;
    if (command === 'break') this.console.sendBreak(this);
    else this.console.takeOver(this);
  }
}
