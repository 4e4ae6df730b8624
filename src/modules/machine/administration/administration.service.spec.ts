import { SSH_KEYS } from '../../../../test/support/ssh-keys.js';
import { describe, expect, it } from 'vitest';
import { plantedAllocation } from '../../../../test/support/machines.js';
import { memoryTable } from '../../../../test/support/store.js';
import { loadConfig } from '../../../config/config.js';
import { ManualClock } from '../../../shared/clock.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import { newBmcRecord } from '../bmc-record.js';
import { newMachine } from '../machine.js';
import type { Machine } from '../machine.js';
import { bmcTable, machineTable } from '../machine.table.js';
import { AdministrationService } from './administration.service.js';
import { MachineRepository } from '../core/machine.repository.js';

const CREATED = '2025-12-31T00:00:00.000Z';
const NOW = '2026-01-01T00:00:00.000Z';

const ALLOCATION = plantedAllocation({
  description: 'd',
  userTags: ['a=1'],
  sshPubKeys: ['k1'],
  consolePassword: 's3cret',
  created: CREATED,
});

async function setUp(machine: Partial<Machine> = {}) {
  const machines = memoryTable(machineTable);
  const bmcs = memoryTable(bmcTable);
  const log = new MemoryLogger();
  const config = loadConfig({
    METAL_API_DEV: 'true',
    METAL_API_DB: 'memory',
    METAL_API_PASSWORD_REASON_MINLENGTH: '10',
  });
  const service = new AdministrationService(new MachineRepository(machines, new ManualClock()), bmcs, config, log);
  await machines.insert({ ...newMachine('m', CREATED), rackId: 'r1', ...machine });
  await bmcs.insert({ ...newBmcRecord('m'), fru: { ...newBmcRecord('m').fru, chassisPartSerial: 'S1' } });
  return { service, machines, log };
}

const SYSTEM_TAGS = [
  'machine.metal-stack.io/chassis=S1',
  'machine.metal-stack.io/network.primary.asn=4210000001',
  'machine.metal-stack.io/rack=r1',
];

describe('AdministrationService.setState', () => {
  it('keeps the version of the installer', async () => {
    const state = { value: '', description: '', issuer: '', metalHammerVersion: 'v1' } as const;
    const { service } = await setUp({ state });
    const machine = await service.setState('m', 'RESERVED', 'test', 'ops@example.org');
    expect(machine.state).toEqual({
      value: 'TAINTED',
      description: 'test',
      issuer: 'ops@example.org',
      metalHammerVersion: 'v1',
    });
    expect(machine.changed).toBe(NOW);
  });

  it('validates the state before looking up the machine', async () => {
    const { service } = await setUp();
    await expect(service.setState('x', 'NOPE', '', '')).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.setState('x', '', '', '')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('AdministrationService.update', () => {
  it("replaces tags and rebuilds the system's tags, keeping keys and description", async () => {
    const { service } = await setUp({ allocation: ALLOCATION });
    const { tags, allocation } = await service.update('m', { tags: ['b=2', 'machine.metal-stack.io/rack=x'] });
    expect(tags).toEqual(['b=2', ...SYSTEM_TAGS]);
    expect(allocation).toMatchObject({ description: 'd', sshPubKeys: ['k1'], created: CREATED });
  });

  it('replaces keys, keeping tags and description', async () => {
    const { service } = await setUp({ allocation: ALLOCATION });
    const { tags, allocation } = await service.update('m', { sshPubKeys: [SSH_KEYS.rsa], tags: [] });
    expect(tags).toEqual(['a=1', ...SYSTEM_TAGS]);
    expect(allocation).toMatchObject({ description: 'd', sshPubKeys: [SSH_KEYS.rsa] });
  });

  it.each([
    ['', 'it contains no key'],
    [SSH_KEYS.ed25519.slice(0, 60), 'ssh-ed25519 key'],
    [SSH_KEYS.ed25519.replace('ssh-ed25519', 'ssh-rsa'), 'type inside'],
    [`${SSH_KEYS.rsa}\u001b`, 'control characters'],
    ['k2', 'does not begin with a key type'],
  ])('rejects the key %j with the reason, and changes nothing', async (key, reason) => {
    const { service, machines } = await setUp({ allocation: ALLOCATION });
    const before = machines.get('m');
    await expect(service.update('m', { sshPubKeys: [SSH_KEYS.rsa, key] })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringMatching(`^ssh_pub_keys.1. is not a public key: .*${reason}`),
    });
    expect(machines.get('m')).toBe(before);
  });

  it('clears the description if an empty one is given', async () => {
    const { service } = await setUp({ allocation: ALLOCATION });
    const { allocation } = await service.update('m', { description: '', sshPubKeys: [] });
    expect(allocation).toMatchObject({ description: '', sshPubKeys: ['k1'] });
  });

  it('rejects free and unknown machines', async () => {
    const { service } = await setUp();
    await expect(service.update('m', {})).rejects.toMatchObject({ kind: 'malformed' });
    await expect(service.update('x', {})).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('AdministrationService.showConsolePassword', () => {
  const user = { email: 'ops@example.org', name: 'o', groups: [], tenant: 't1', issuer: '', subject: '' };

  it('requires a reason, and logs the access without the password', async () => {
    const { service, log } = await setUp({ allocation: ALLOCATION });
    expect(service.showConsolePassword('m', 'node is\ndead', user).allocation.consolePassword).toBe('s3cret');
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toMatch(/"m".*"ops@example.org".*"t1".*"node is\\ndead"/);
    expect(log.lines[0]).not.toContain('s3cret');
  });

  it('rejects a short reason, an unknown machine and a free one, in this order', async () => {
    const { service, log } = await setUp();
    expect(() => service.showConsolePassword('x', 'short', user)).toThrow(/5 bytes, expected at least 10/);
    expect(() => service.showConsolePassword('x', 'long enough', user)).toThrow(/"x"/);
    expect(() => service.showConsolePassword('m', 'long enough', user)).toThrow(/not allocated/);
    expect(log.lines).toEqual([]);
  });
});
