import { describe, expect, it } from 'vitest';
import { LiveView } from './live-view.js';
import type { Screen, ShownMachine } from './live-view.js';

const ESCAPE = String.fromCharCode(27);
const SEQUENCE = new RegExp(`^${ESCAPE}\\[(\\d*)([A-Z])`);
/** An escape sequence, a line end or a character. */
const PARTS = new RegExp(`${ESCAPE}\\[\\d*[A-Z]|\\n|[^\\n${ESCAPE}]`, 'gu');

/** A terminal that supports the escape sequences that the view uses, and wraps long lines like a real one. */
class Terminal implements Screen {
  readonly isTTY = true;
  private readonly listeners = new Set<() => void>();
  private screen: string[] = [''];
  private cursor = 0;

  constructor(
    public columns = 80,
    public rows = 24,
  ) {}

  write(text: string): void {
    for (const [part] of text.matchAll(PARTS)) this.take(part);
  }

  on(_: 'resize', listener: () => void): void {
    this.listeners.add(listener);
  }

  off(_: 'resize', listener: () => void): void {
    this.listeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    [this.columns, this.rows] = [columns, rows];
    this.listeners.forEach((listener) => listener());
  }

  /** The lines on the screen: the last ones. */
  get visible(): string[] {
    return this.screen.slice(-this.rows);
  }

  private take(part: string): void {
    const [, count = '', command] = SEQUENCE.exec(part) ?? [];
    if (command === 'A') this.cursor = Math.max(this.screen.length - this.rows, 0, this.cursor - Number(count));
    else if (command === 'H') this.cursor = 0;
    else if (command === 'J') this.screen = count === '2' ? [''] : [...this.screen.slice(0, this.cursor), ''];
    else if (part === '\n') this.down();
    else this.put(part);
  }

  private put(character: string): void {
    if (this.screen[this.cursor]!.length >= this.columns) this.down();
    this.screen[this.cursor] += character;
  }

  private down(): void {
    this.cursor += 1;
    this.screen[this.cursor] ??= '';
  }
}

const machinesOf = (count: number): { id: string; phase: ShownMachine['phase'] }[] =>
  Array.from({ length: count }, (_, n) => ({ id: `machine-${n}`, phase: 'off' }));

const HELP = `\nit is up\n\n  metalctl   export URL\n  curl       ${'x'.repeat(100)}\n`;

describe('the header', () => {
  it('is the longest that leaves room for the table, also after the window has changed', () => {
    const terminal = new Terminal(40, 12);
    const machines = machinesOf(5);
    const view = new LiveView(() => machines, terminal);
    const long = Array.from({ length: 10 }, (_, n) => `line ${n}\n`).join('');
    view.open(long, 'short\n');
    expect(terminal.visible[0]).toBe('short');
    expect(terminal.visible).toContain('  · machine-4  off');
    terminal.resize(40, 30);
    expect(terminal.visible.slice(0, 10).join('\n')).toBe(long.trim());
    terminal.resize(20, 4);
    expect(terminal.visible[0]).toBe('short');
  });
});

describe('the live view in a terminal', () => {
  it.each([
    [80, 24, 8],
    [80, 24, 100],
    [120, 40, 30],
    [100, 10, 3],
    [60, 12, 12],
  ])('fits header and table on a screen of %i × %i with %i machines', (columns, rows, count) => {
    const terminal = new Terminal(columns, rows);
    const machines = machinesOf(count);
    const view = new LiveView(() => machines, terminal);
    view.changed(machines[0]!);
    view.open(HELP);
    for (const phase of ['pxe booting', 'preparing', 'waiting', 'running'] as const) {
      for (const machine of machines) {
        machine.phase = phase;
        view.changed(machine);
      }
    }
    const screen = terminal.visible.join('\n');
    expect(screen).toContain('metalctl   export URL');
    expect(screen).toContain('curl');
    expect(screen).toContain('■ machine-0  running');
    expect(screen.match(/it is up/g)).toHaveLength(1);
    expect(screen).not.toContain('preparing');
    const shown = screen.match(/■ machine/g)!.length;
    if (shown < count) expect(screen).toContain(`… ${count - shown} more machine`);
  });

  it('redraws everything when the window is resized', () => {
    const terminal = new Terminal(120, 40);
    const machines = machinesOf(20);
    const view = new LiveView(() => machines, terminal);
    view.open(HELP);
    terminal.resize(60, 15);
    machines[0]!.phase = 'crashed';
    view.changed(machines[0]!);
    expect(terminal.visible.filter((line) => line.includes('machine-0 '))).toEqual(['  ✗ machine-0  crashed']);
    expect(terminal.visible.join('\n')).toContain('metalctl');
    view.close();
    terminal.resize(80, 24);
    expect(terminal.visible.filter((line) => line.includes('machine-0 '))).toHaveLength(1);
  });

  it('prints warnings above the table', () => {
    const terminal = new Terminal();
    const machines = machinesOf(2);
    const view = new LiveView(() => machines, terminal);
    view.open(HELP);
    view.printLine('switch failed: no answer');
    view.changed(machines[1]!);
    expect(terminal.visible.filter((line) => line !== '').slice(-3)).toEqual([
      'switch failed: no answer',
      '  · machine-0  off',
      '  · machine-1  off',
    ]);
  });
});

describe('the live view without a terminal', () => {
  it('prints a line for each change, without escape sequences', () => {
    const written: string[] = [];
    const out: Screen = { write: (text) => written.push(text), on: () => undefined, off: () => undefined };
    const machines = machinesOf(2);
    const view = new LiveView(() => machines, out);
    view.changed(machines[0]!);
    view.open('help\n');
    view.changed(machines[1]!);
    view.printLine('warning');
    expect(written.join('')).toBe('machine-0  off\nhelp\nmachine-1  off\nwarning\n');
  });
});
