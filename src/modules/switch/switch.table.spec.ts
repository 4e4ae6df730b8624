import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { leaf } from '../../../test/support/switches.js';
import { MemoryEngine } from '../../platform/store/memory/memory-engine.js';
import { switchTable } from './switch.table.js';

describe('switchTable', () => {
  it('stores mode and VRFs that are not set as releases before did', async () => {
    const engine = new MemoryEngine();
    const table = memoryTable(switchTable, engine);
    const stored = await table.insert(leaf('leaf1', ['Ethernet0'], { mode: undefined }));
    expect([stored.mode, stored.nics[0]!.vrf]).toEqual([undefined, undefined]);
    expect((await engine.read('switch', 'leaf1')).current).toMatchObject({ mode: '', nics: [{ vrf: '' }] });
  });
});
