import { Scheduler } from '../../../shared/concurrency/scheduler.js';
import type { BootApi, MachineEvent, RegisterRequest, ReportRequest } from '../../boot-api.js';
import type { Random } from '../random.js';
import { CutOffError } from './conditions.js';
import type { Conditions } from './conditions.js';

/** Share of the events that a fault of their transport concerns. */
const SHARE = 0.5;

/** Delay of late events in seconds of the schedule, and how long an event is held that the next one is to overtake. */
const LATE = [5, 30] as const;
const HELD = 20;

type Events = Readonly<Record<string, MachineEvent>>;

/** The way of a partition's calls to the API, on which events get lost, late, doubled and out of order. */
export class FaultyBootApi implements BootApi {
  private readonly late = new Set<() => Promise<void>>();
  /** By machine: an event that the next one is to overtake. */
  private readonly held = new Map<string, MachineEvent>();
  private readonly timers = new Scheduler(() => undefined);

  constructor(
    private readonly api: BootApi,
    private readonly conditions: Conditions,
    private readonly random: Random,
  ) {}

  async dhcp(uuid: string): Promise<void> {
    this.refuseWhenCutOff();
    await this.api.dhcp(uuid);
  }

  async boot(mac: string, partitionId: string): ReturnType<BootApi['boot']> {
    this.refuseWhenCutOff();
    return this.api.boot(mac, partitionId);
  }

  async superUserPassword(): ReturnType<BootApi['superUserPassword']> {
    this.refuseWhenCutOff();
    return this.api.superUserPassword();
  }

  async register(request: RegisterRequest): ReturnType<BootApi['register']> {
    this.refuseWhenCutOff();
    return this.api.register(request);
  }

  async wait(machineId: string, signal: AbortSignal): Promise<void> {
    this.refuseWhenCutOff();
    await this.api.wait(machineId, AbortSignal.any([signal, this.conditions.cutOff]));
  }

  async report(request: ReportRequest): Promise<void> {
    this.refuseWhenCutOff();
    await this.api.report(request);
  }

  async abortReinstall(uuid: string, primaryDiskWiped: boolean): Promise<void> {
    this.refuseWhenCutOff();
    await this.api.abortReinstall(uuid, primaryDiskWiped);
  }

  /** A sender does not notice what happens to its events, unless the partition is cut off. */
  async send(events: Events): Promise<string[]> {
    this.refuseWhenCutOff();
    const now = this.stamped(events);
    const passed = Object.entries(now).filter(([id, event]) => this.passes(id, event));
    const failed = passed.length > 0 ? await this.api.send(Object.fromEntries(passed)) : [];
    await this.releaseOvertaken(passed.map(([id]) => id));
    if (this.conditions.has('events duplicated')) {
      const doubled = passed.filter(() => this.random.chance(SHARE));
      if (doubled.length > 0) await this.api.send(Object.fromEntries(doubled));
    }
    return failed;
  }

  /** Sends what is late or held, e.g. because there are no faults any longer. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.late].map((send) => send()));
    await this.releaseOvertaken([...this.held.keys()]);
  }

  close(): void {
    void this.timers.stop();
    this.api.close();
  }

  private passes(id: string, event: MachineEvent): boolean {
    const concerns = (kind: Parameters<Conditions['has']>[0]): boolean =>
      this.conditions.has(kind) && this.random.chance(SHARE);
    if (concerns('events lost')) return false;
    if (concerns('events late')) return this.sendLater(id, event);
    if (!this.held.has(id) && concerns('events reordered')) return this.hold(id, event);
    return true;
  }

  private sendLater(id: string, event: MachineEvent): false {
    const send = async (): Promise<void> => {
      if (!this.late.delete(send)) return;
      await this.api.send({ [id]: event });
    };
    this.late.add(send);
    this.timers.once(this.scaled(this.random.between(...LATE)), 'late event', send);
    return false;
  }

  private hold(id: string, event: MachineEvent): false {
    this.held.set(id, event);
    this.timers.once(this.scaled(HELD), 'held event', () => this.releaseOvertaken([id]));
    return false;
  }

  private async releaseOvertaken(ids: readonly string[]): Promise<void> {
    const released = ids.flatMap((id) => {
      const event = this.held.get(id);
      this.held.delete(id);
      return event === undefined ? [] : [[id, event] as const];
    });
    if (released.length > 0) await this.api.send(Object.fromEntries(released)).catch(() => undefined);
  }

  /** Events carry the time of the partition, which may be wrong. */
  private stamped(events: Events): Events {
    const { skew } = this.conditions;
    if (skew === 0) return events;
    const time = { seconds: Math.floor((Date.now() + skew) / 1000), nanos: 0 };
    return Object.fromEntries(Object.entries(events).map(([id, event]) => [id, { ...event, time }]));
  }

  private scaled(seconds: number): number {
    return (seconds * 1000) / this.conditions.speed;
  }

  private refuseWhenCutOff(): void {
    if (this.conditions.isCutOff) throw new CutOffError();
  }
}
