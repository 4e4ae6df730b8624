import type { AppLogger } from '../../shared/app-logger.js';
import type { Clock } from '../../shared/clock.js';
import { Scheduler } from '../../shared/concurrency/scheduler.js';
import type { Job } from '../../shared/concurrency/scheduler.js';
import type { Caller } from './caller.js';
import type { ConsoleApi, ConsoleMachine } from './console-api.js';
import { MachineConsole } from './machine-console.js';
import type { Participant } from './machine-console.js';
import type { OpenSerialLine } from './serial-line.js';

/** Milliseconds that sessions of tenants go on while the API does not say whether the allocation is still theirs. */
export const API_PATIENCE = 30_000;

/** Why sessions cannot join now. The message is for users. */
export class JoinError extends Error {}

interface Entry {
  readonly console: MachineConsole;
  readonly check: Job;
  /** When the API said last which allocation there is. */
  confirmed: number;
}

export interface HubOptions {
  readonly perMachine: number;
  readonly checkInterval: number;
}

/** All consoles in use. Looks at their allocations again and again, and ends the sessions of those that are over. */
export class ConsoleHub {
  private readonly entries = new Map<string, Entry>();
  private readonly jobs: Scheduler;

  constructor(
    private readonly api: Pick<ConsoleApi, 'machine'>,
    private readonly open: OpenSerialLine,
    private readonly options: HubOptions,
    private readonly clock: Clock,
    log: AppLogger,
  ) {
    this.jobs = new Scheduler((job, error) => log.warn(`${job} failed`, error));
  }

  get participants(): readonly Participant[] {
    return [...this.entries.values()].flatMap(({ console }) => console.participants);
  }

  /** Throws JoinError when there are too many sessions on this machine. */
  async join(machine: string, participant: Participant): Promise<MachineConsole> {
    for (let over; (over = this.entries.get(machine)?.console.over);) await over;
    const entry = this.entries.get(machine) ?? this.add(machine);
    if (entry.console.participants.length >= this.options.perMachine)
      throw new JoinError(`the console has ${this.options.perMachine} sessions already, more are not served`);
    entry.console.join(participant);
    return entry.console;
  }

  /** Ends all sessions, and resolves when the BMCs are free for others. */
  async close(text: string): Promise<void> {
    for (const participant of this.participants) participant.end('shutdown', text);
    await this.jobs.stop();
    await Promise.all([...this.entries.values()].map(async ({ console }) => console.over));
  }

  private add(machine: string): Entry {
    const console = new MachineConsole(machine, this.open, () => {
      this.entries.delete(machine);
      void check.cancel();
    });
    const name = `look at the allocation of machine ${machine}`;
    const check = this.jobs.every(this.options.checkInterval, name, () => this.check(entry));
    const entry = { console, check, confirmed: this.clock.now() };
    this.entries.set(machine, entry);
    return entry;
  }

  private async check(entry: Entry): Promise<void> {
    const tenants = entry.console.participants.filter(({ caller }) => caller.kind === 'tenant');
    if (tenants.length === 0) return void (entry.confirmed = this.clock.now());
    const asked = this.clock.now();
    const machine = await this.api.machine(entry.console.machine).catch((error: Error) => error);
    if (!(machine instanceof Error)) {
      entry.confirmed = asked;
      for (const tenant of tenants)
        if (!mayStay(tenant.caller, machine)) tenant.end('tenancy', 'the machine is no longer allocated to you');
    } else if (this.clock.now() - entry.confirmed > API_PATIENCE) {
      const text = 'the API no longer confirms that the machine is allocated to you';
      for (const tenant of tenants) tenant.end('api', text);
    }
  }
}

/** Whether what a caller has logged in with is still good. */
export function mayStay({ kind, tenancy, key }: Caller, machine: ConsoleMachine | undefined): boolean {
  if (machine === undefined) return false;
  if (kind === 'operator') return true;
  if (machine.tenancy === undefined || machine.tenancy.id !== tenancy) return false;
  return key === undefined || machine.tenancy.keys.includes(key);
}
