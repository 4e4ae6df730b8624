import type { SimulatedMachine } from '../../agent/simulator/simulated-machine.js';

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

/** Shows what the machines do: a table that is redrawn in a terminal, a line for each change elsewhere. */
export class LiveView {
  private drawn = 0;

  constructor(
    private readonly machines: () => readonly SimulatedMachine[],
    private readonly out: NodeJS.WriteStream = process.stdout,
  ) {}

  changed(machine: SimulatedMachine): void {
    if (this.out.isTTY) this.draw();
    else this.out.write(`${machine.id}  ${machine.phase}\n`);
  }

  private draw(): void {
    const lines = this.machines().map(({ id, phase }) => `  ${SYMBOLS[phase]} ${id}  ${phase.padEnd(12)}`);
    const up = this.drawn > 0 ? `\u001b[${this.drawn}A` : '';
    this.out.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
    this.drawn = lines.length;
  }
}
