import { describe, expect, it } from 'vitest';
import type { Machine, Project } from '../api/types.js';
import { eventsPerMinute } from './event-rate.js';
import { racksOf } from './places.js';
import { matcher } from './search.js';

function machine(id: string, parts: object = {}): Machine {
  const nics = [{ mac: `02:00:${id}`, neighbors: [] }];
  return { id, tags: [], hardware: { nics }, events: { log: [] }, ...parts } as unknown as Machine;
}
const at = (port: string) => ({ hardware: { nics: [{ mac: '', neighbors: [{ name: port }] }] } });

describe('the search', () => {
  const worker = machine('AB-1', {
    tags: ['machine.metal-stack.io/chassis=C217'],
    partition: { id: 'muc' },
    allocation: {
      name: 'worker',
      hostname: 'shoot-worker-1',
      project: 'p-1',
      networks: [{ networkid: 'n1', ips: ['10.0.0.7'] }],
    },
  });
  const projects = [{ name: 'Team Blue', meta: { id: 'p-1' } }] as unknown as Project[];

  it.each(['ab-1', 'WORKER-1', '10.0.0.7', 'c217', '02:00:ab', 'p-1', 'blue', ' blue  muc ', 'n1', ''])(
    'finds %j',
    (query) => expect(matcher(query, projects)(worker)).toBe(true),
  );

  it.each(['ab-2', 'blue red', 'muc berlin', '10.0.0.77'])('does not find %j', (query) =>
    expect(matcher(query, projects)(worker)).toBe(false),
  );

  it('does not find free machines by the name of a project', () =>
    expect(matcher('blue', projects)(machine('x'))).toBe(false));
});

describe('racks', () => {
  it('have their machines in the order of the ports, and are ordered themselves', () => {
    const place = (partition: string, roomid: string, rackid: string) => ({
      partition: { id: partition },
      roomid,
      rackid,
    });
    const racks = racksOf([
      machine('3', { ...place('b', 'r1', 'rack-10'), ...at('Ethernet12') }),
      machine('2', { ...place('b', 'r1', 'rack-10'), ...at('Ethernet4') }),
      machine('5', { ...place('b', 'r1', 'rack-10') }),
      machine('1', { ...place('b', 'r1', 'rack-2'), ...at('swp1s0') }),
      machine('4', place('a', 'r9', 'rack-99')),
      machine('0'),
    ]);
    expect(racks.map(({ id, machines }) => [id, machines.map((one) => one.id).join()])).toEqual([
      ['', '0'],
      ['rack-99', '4'],
      ['rack-2', '1'],
      ['rack-10', '2,3,5'],
    ]);
  });
});

describe('events per minute', () => {
  it('are counted from the logs', () => {
    const now = Date.parse('2026-01-01T12:00:30Z');
    const log = (...times: string[]) => ({ events: { log: times.map((time) => ({ time: `2026-01-01T${time}Z` })) } });
    const [ends, counts] = eventsPerMinute(
      [machine('1', log('12:00:29', '12:00:00', '11:59:59', '11:58:00')), machine('2', log('11:59:00', '10:00:00'))],
      now,
      3,
    );
    expect(counts).toEqual([1, 2, 2]);
    expect(ends.map((end) => new Date(end * 1000).toISOString().slice(11, 16))).toEqual(['11:59', '12:00', '12:01']);
  });
});
