import { describe, expect, it } from 'vitest';
import type { Machine, Network } from '../../api/types.js';
import { sharingOf } from './sharing.js';

const machine = (id: string, project: string, ...networks: object[]): Machine =>
  ({ id, allocation: { project, networks } }) as unknown as Machine;
const storage = { networkid: 's', private: true, ips: ['10.1.0.4'] };

describe('a shared network', () => {
  it('has members of its project and of others', () => {
    const { owner, consumers } = sharingOf({ id: 's', projectid: 'disk' } as Network, [
      machine('target', 'disk', storage),
      machine('fw-b', 'b', { networkid: 'net-b', private: true, ips: [] }, storage, { networkid: 'internet', ips: [] }),
      machine('fw-a', 'a', { networkid: 'net-a', private: true, ips: [] }, storage),
      machine('other', 'a', { networkid: 'net-a', private: true, ips: [] }),
      { id: 'free', allocation: null } as unknown as Machine,
    ]);
    expect(owner.map(({ machine: { id }, ips, primary }) => [id, ips, primary])).toEqual([
      ['target', ['10.1.0.4'], undefined],
    ]);
    expect(consumers.map(({ project, members }) => [project, members.map(({ primary }) => primary)])).toEqual([
      ['a', ['net-a']],
      ['b', ['net-b']],
    ]);
  });
});
