const TILDE = 0x7e;
const [CR, LF] = [0x0d, 0x0a];

/** What a user can tell the console server at the beginning of a line of input. */
export type EscapeCommand = 'leave' | 'take-over' | 'break' | 'help';

const COMMANDS: Readonly<Record<number, EscapeCommand>> = {
  0x2e: 'leave',
  0x77: 'take-over',
  0x42: 'break',
  0x3f: 'help',
};

export const ESCAPE_HELP = [
  'at the beginning of a line:',
  '  ~.  ends this session',
  '  ~w  makes this session the one that writes',
  '  ~B  sends a break',
  '  ~~  sends ~',
  'ssh takes ~. and ~B for itself; there, ~~. and ~~B reach the console server.',
] as const;

/** Separates commands to the console server from input for the machine. */
export class EscapeParser {
  private atLineStart = true;
  private isPending = false;

  /** Calls `input` and `command` in the order of what was typed. */
  parse(data: Buffer, input: (bytes: Buffer) => void, command: (command: EscapeCommand) => void): void {
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length > 0) input(Buffer.from(bytes));
      bytes = [];
    };
    for (const byte of data) {
      const told = this.isPending ? COMMANDS[byte] : undefined;
      if (told !== undefined) {
        this.isPending = false;
        flush();
        command(told);
      } else {
        bytes.push(...this.next(byte));
      }
    }
    flush();
  }

  private next(byte: number): readonly number[] {
    const was = this.isPending;
    this.isPending = !was && this.atLineStart && byte === TILDE;
    if (this.isPending) return [];
    this.atLineStart = byte === CR || byte === LF;
    return was && byte !== TILDE ? [TILDE, byte] : [byte];
  }
}
