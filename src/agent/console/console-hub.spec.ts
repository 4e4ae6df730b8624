import { afterEach, describe, expect, it } from 'vitest';
import { MemoryLogger } from '../../shared/app-logger.js';
import { ManualClock } from '../../shared/clock.js';
import type { Caller } from './caller.js';
import type { ConsoleMachine } from './console-api.js';
import { API_PATIENCE, ConsoleHub } from './console-hub.js';
import type { EndReason, MachineConsole, Participant } from './machine-console.js';
import type { SerialLineEvents } from './serial-line.js';

const TENANT: Caller = { kind: 'tenant', method: 'password', label: 'p', reason: '', tenancy: 'a1', key: undefined };
const OPERATOR: Caller = { ...TENANT, kind: 'operator', method: 'token', label: 'olga', tenancy: undefined };

class Member implements Participant {
  readonly shown: string[] = [];
  console: MachineConsole | undefined;
  ended: EndReason | undefined;
  constructor(readonly caller: Caller) {}
  show(data: Buffer): void {
    this.shown.push(data.toString());
  }
  say(text: string): void {
    this.shown.push(text);
  }
  end(reason: EndReason): void {
    this.ended = reason;
    this.console?.leave(this);
  }
}

class Scene {
  machine: ConsoleMachine | Error = { id: 'm', partition: 'p', tenancy: { id: 'a1', keys: [] } };
  readonly clock = new ManualClock();
  readonly lines: { events: SerialLineEvents; written: string; closed: boolean }[] = [];
  asked = 0;
  failure: Error | undefined;
  readonly hub = new ConsoleHub(
    {
      machine: () => (
        this.asked++,
        this.machine instanceof Error ? Promise.reject(this.machine) : Promise.resolve(this.machine)
      ),
    },
    (_, events) => {
      if (this.failure) return Promise.reject(this.failure);
      const line = { events, written: '', closed: false };
      this.lines.push(line);
      return Promise.resolve({
        isOn: false,
        write: (data: Buffer) => ((line.written += data.toString()), true),
        sendBreak: () => void (line.written += '<break>'),
        close: () => ((line.closed = true), Promise.resolve()),
      });
    },
    { perMachine: 3, checkInterval: 5 },
    this.clock,
    new MemoryLogger(),
  );
  async join(caller: Caller): Promise<Member> {
    const member = new Member(caller);
    member.console = await this.hub.join('m', member);
    return member;
  }
  /** Waits for the API to be asked twice, so that one question came after now. */
  async checked(): Promise<void> {
    const before = this.asked;
    await expect.poll(() => this.asked).toBeGreaterThan(before + 1);
  }
}

let scene: Scene;
const start = (): Scene => (scene = new Scene());
afterEach(() => scene.hub.close('bye'));

describe('ConsoleHub', () => {
  it('has one line for all sessions of a machine, and closes it after the last', async () => {
    const { hub, lines } = start();
    const [a, b] = [await scene.join(TENANT), await scene.join(OPERATOR)];
    await expect.poll(() => a.shown.join()).toContain('powered off');
    lines[0]!.events.data(Buffer.from('hello'));
    expect([a.shown.at(-1), b.shown.at(-1)]).toEqual(['hello', 'hello']);
    a.end('left');
    expect(lines[0]!.closed).toBe(false);
    expect(b.shown.at(-1)).toContain('you write now');
    b.console!.write(b, Buffer.from('x'));
    b.console!.sendBreak(b);
    expect(lines[0]!.written).toBe('x<break>');
    b.end('left');
    const again = await scene.join(TENANT);
    expect([lines.length, lines[0]!.closed]).toEqual([2, true]);
    expect(again.shown.join()).not.toContain('hello');
    expect(hub.participants).toHaveLength(1);
  });

  it('shows operators to tenants without their names', async () => {
    start();
    const operator = await scene.join(OPERATOR);
    expect((await scene.join(TENANT)).shown.join()).not.toContain('olga');
    expect((await scene.join(OPERATOR)).shown.join()).toContain('olga');
    await expect(scene.join(OPERATOR)).rejects.toThrow('3 sessions already');
    operator.end('left');
  });

  it('lets the API be away for a while, then ends the sessions of tenants only', async () => {
    start();
    const [tenant, operator] = [await scene.join(TENANT), await scene.join(OPERATOR)];
    scene.machine = new Error('away');
    await scene.checked();
    scene.clock.advance(API_PATIENCE);
    await scene.checked();
    expect(tenant.ended).toBeUndefined();
    scene.clock.advance(1);
    await expect.poll(() => tenant.ended).toBe('api');
    expect(operator.ended).toBeUndefined();
  });

  it('ends all sessions when the BMC does, or does not begin', async () => {
    start();
    const tenant = await scene.join(TENANT);
    await expect.poll(() => scene.lines.length).toBe(1);
    scene.lines[0]!.events.ended('gone');
    expect(tenant.ended).toBe('bmc');
    scene.failure = new Error('no BMC');
    const next = await scene.join(TENANT);
    await expect.poll(() => next.ended).toBe('bmc');
    expect(scene.hub.participants).toEqual([]);
  });
});
