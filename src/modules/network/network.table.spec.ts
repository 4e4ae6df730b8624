import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { draftNetwork } from './network-draft.js';
import { networkTable } from './network.table.js';

describe('networkTable', () => {
  it('stores a network that belongs to nothing as releases before did', async () => {
    const engine = new MemoryEngine();
    const table = memoryTable(networkTable, engine);
    const draft = draftNetwork({ prefixes: ['10.0.0.0/8'] }, undefined);
    const now = '2026-01-01T00:00:00.000Z';
    const dated = { id: 'n', vrf: 0, status: 'active', deadline: undefined, created: now, changed: now } as const;
    const stored = await table.insert({ ...draft, ...dated });
    expect([stored.partitionId, stored.projectId, stored.parentNetworkId]).toEqual([undefined, undefined, undefined]);
    const { current } = await engine.read('network', 'n');
    expect(current).toMatchObject({ partitionId: '', projectId: '', parentNetworkId: '' });
  });
});
