const BANNER = '[SOL Session operational.';
/** What ipmitool says before the session begins, in bytes. */
const MAX_TEXT = 4096;

const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /already active|already in use/i,
    'another program has it open: end that one, or run "ipmitool sol deactivate" for this BMC',
  ],
  [/payload (?:type )?(?:is )?disabled|sol (?:is )?disabled/i, 'serial over LAN is disabled at the BMC'],
  [/keepalive|no response|unable to establish/i, 'the BMC no longer responds'],
  [/insufficient|privilege/i, "the BMC's user may not use serial over LAN"],
];

/** Separates what the machine sends from what ipmitool says. */
export class SolOutput {
  private isOperational = false;
  private text = '';

  constructor(private readonly data: (chunk: Buffer) => void) {}

  /** A part of standard output: what the machine sends, unchanged, behind ipmitool's line about the beginning. */
  console(chunk: Buffer): void {
    if (this.isOperational) return this.data(chunk);
    // Bytes, one each.
    this.text = `${this.text}${chunk.toString('latin1')}`;
    const start = this.text.indexOf(BANNER);
    const end = start < 0 ? -1 : this.text.indexOf('\n', start);
    if (end < 0) {
      if (start < 0) this.text = this.text.slice(-MAX_TEXT);
      return;
    }
    const rest = Buffer.from(this.text.slice(end + 1), 'latin1');
    this.isOperational = true;
    this.text = '';
    if (rest.length > 0) this.data(rest);
  }

  /** A part of standard error. */
  complaint(chunk: Buffer): void {
    this.text = `${this.text}\n${chunk.toString('latin1')}`.slice(-MAX_TEXT);
  }

  /** Why ipmitool has ended. */
  reason(): string {
    return REASONS.find(([pattern]) => pattern.test(this.text))?.[1] ?? 'the BMC ended the session';
  }
}
