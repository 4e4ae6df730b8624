import type { SimulatedMachine } from '../../agent/simulator/simulated-machine.js';
import { pluralize } from '../../shared/text.js';

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

/** The parts of a machine that the view shows. */
export type ShownMachine = Pick<SimulatedMachine, 'id' | 'phase'>;

/** The members of an output stream that the view uses. */
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

/** Lines of the table for which a window has room in any case. */
const LEAST_TABLE = 3;

/**
 * Shows the phases of the machines. In a terminal: a header and a table below it, both visible at once as far as they
 * fit (the first header that leaves room for a table, or the last one), redrawn on each change and when the window is resized. Otherwise: a line for each change.
 */
export class LiveView {
  /** From the longest to the shortest; undefined while closed. */
  private headers: readonly string[] | undefined;
  /** Number of table lines on the screen; the cursor is below the last one. */
  private drawn = 0;
  private readonly resized = (): void => this.redrawAll();

  constructor(
    private readonly machines: () => readonly ShownMachine[],
    private readonly out: Screen = process.stdout,
  ) {}

  /** Writes the header; from now on the table is shown below it. */
  open(...headers: readonly string[]): void {
    this.headers = headers;
    this.out.write(this.header);
    if (!this.out.isTTY) return;
    this.out.on('resize', this.resized);
    this.draw();
  }

  /** Stops drawing; the screen keeps its contents. */
  close(): void {
    this.headers = undefined;
    this.out.off('resize', this.resized);
  }

  changed(machine: ShownMachine): void {
    if (!this.out.isTTY) this.out.write(`${machine.id}  ${machine.phase}\n`);
    else if (this.headers !== undefined) this.draw();
  }

  /** Prints a line above the table, in the part that scrolls. */
  printLine(line: string): void {
    this.out.write(`${this.erasing()}${line}\n`);
    this.drawn = 0;
    if (this.out.isTTY && this.headers !== undefined) this.draw();
  }

  /** The one for the window as it is now. */
  private get header(): string {
    const { columns = 80, rows = 24, isTTY } = this.out;
    const [longest = '', ...shorter] = this.headers ?? [];
    const least = Math.min(this.machines().length, LEAST_TABLE);
    if (!isTTY) return longest;
    return [longest, ...shorter].find((text) => heightOf(text, columns) + least < rows) ?? shorter.at(-1) ?? longest;
  }

  private draw(): void {
    const lines = this.lines();
    this.out.write(`${this.erasing()}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawn = lines.length;
  }

  /** Clears and redraws the screen: the terminal rewraps lines on a resize, so the table's position is unknown. */
  private redrawAll(): void {
    this.out.write(`${CLEAR_SCREEN}${this.header}`);
    this.drawn = 0;
    this.draw();
  }

  private erasing(): string {
    return this.out.isTTY && this.drawn > 0 ? `${UP(this.drawn)}${ERASE_BELOW}` : '';
  }

  /** The lines of the table, cut to the width of the window and to the height that the header leaves. */
  private lines(): readonly string[] {
    const { columns = 80, rows = 24 } = this.out;
    const machines = this.machines();
    const room = Math.max(2, rows - 1 - heightOf(this.header, columns));
    const shown = machines.length <= room ? machines : machines.slice(0, room - 1);
    const lines = shown.map(({ id, phase }) => `  ${SYMBOLS[phase]} ${id}  ${phase}`);
    const rest = machines.slice(shown.length);
    if (rest.length > 0) lines.push(`  … ${pluralize(rest.length, 'more machine')}: ${summary(rest)}`);
    return lines.map((line) => line.slice(0, Math.max(1, columns - 1)));
  }
}

/** Number of lines that a text occupies in a window of this width. */
const heightOf = (text: string, columns: number): number =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);

/** Counts machines by phase. */
function summary(machines: readonly ShownMachine[]): string {
  const counts = new Map<string, number>();
  for (const { phase } of machines) counts.set(phase, (counts.get(phase) ?? 0) + 1);
  return [...counts].map(([phase, count]) => `${count} ${phase}`).join(', ');
}
