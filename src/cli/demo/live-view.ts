import type { SimulatedMachine } from '../../agent/simulator/simulated-machine.js';
import { counted } from '../../shared/text.js';

const SYMBOLS: Readonly<Record<SimulatedMachine['phase'], string>> = {
  off: '·',
  'pxe booting': '◌',
  preparing: '◔',
  registering: '◑',
  waiting: '●',
  installing: '◍',
  booting: '↻',
  running: '■',
  bios: 'B',
  crashed: '✗',
};

/** As much of a machine as is shown. */
export type ShownMachine = Pick<SimulatedMachine, 'id' | 'phase'>;

/** As much of a terminal or file as the view writes to. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

const UP = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : '');
const ERASE_BELOW = '\u001b[J';
const CLEAR_SCREEN = '\u001b[H\u001b[2J';

/**
 * Shows what the machines do. In a terminal: a table below a text that stays, both on the screen at once as far as they
 * fit, redrawn for each change and when the window changes its size. Elsewhere: a line for each change.
 */
export class LiveView {
  private header: string | undefined;
  /** Lines of the table on the screen; the cursor stands below the last. */
  private drawn = 0;
  private readonly resized = (): void => this.redrawAll();

  constructor(
    private readonly machines: () => readonly ShownMachine[],
    private readonly out: Screen = process.stdout,
  ) {}

  /** Writes the text that stays; the table appears below it from now on. */
  open(header: string): void {
    this.header = header;
    this.out.write(header);
    if (!this.out.isTTY) return;
    this.out.on('resize', this.resized);
    this.draw();
  }

  /** Leaves what is on the screen as it is. */
  close(): void {
    this.header = undefined;
    this.out.off('resize', this.resized);
  }

  changed(machine: ShownMachine): void {
    if (!this.out.isTTY) this.out.write(`${machine.id}  ${machine.phase}\n`);
    else if (this.header !== undefined) this.draw();
  }

  /** A line above the table, where text that scrolls belongs. */
  tell(line: string): void {
    this.out.write(`${this.erasing()}${line}\n`);
    this.drawn = 0;
    if (this.out.isTTY && this.header !== undefined) this.draw();
  }

  private draw(): void {
    const lines = this.lines();
    this.out.write(`${this.erasing()}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawn = lines.length;
  }

  /** Terminals break lines anew when they get narrower, so that nobody knows where the table is by then. */
  private redrawAll(): void {
    this.out.write(`${CLEAR_SCREEN}${this.header ?? ''}`);
    this.drawn = 0;
    this.draw();
  }

  private erasing(): string {
    return this.out.isTTY && this.drawn > 0 ? `${UP(this.drawn)}${ERASE_BELOW}` : '';
  }

  /** No line is wider than the window, and no table higher than what the text leaves of it. */
  private lines(): readonly string[] {
    const { columns = 80, rows = 24 } = this.out;
    const machines = this.machines();
    const room = Math.max(2, rows - 1 - heightOf(this.header ?? '', columns));
    const shown = machines.length <= room ? machines : machines.slice(0, room - 1);
    const lines = shown.map(({ id, phase }) => `  ${SYMBOLS[phase]} ${id}  ${phase}`);
    const rest = machines.slice(shown.length);
    if (rest.length > 0) lines.push(`  … ${counted(rest.length, 'more machine')}: ${summary(rest)}`);
    return lines.map((line) => line.slice(0, Math.max(1, columns - 1)));
  }
}

/** Lines that a text takes in a window of this width. */
const heightOf = (text: string, columns: number): number =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);

/** How many are in each phase. */
function summary(machines: readonly ShownMachine[]): string {
  const counts = new Map<string, number>();
  for (const { phase } of machines) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  return [...counts].map(([phase, count]) => `${count} ${phase}`).join(', ');
}
