import { expect } from 'vitest';
import { membership, type MachineAnswer } from './answers.js';
import type { Scene } from './scene.js';

// Servers may show the writes of other servers with a delay of some milliseconds.

/** Number of addresses in use, per network. */
const usage = (scene: Scene, ids: readonly string[]): Promise<number[]> =>
  Promise.all(ids.map((id) => scene.usedIps(id)));

/** A shared network with exactly one free address. */
async function almostFull(scene: Scene): Promise<string> {
  const { id } = await scene.child('STOR', { shared: true, length: { IPv4: 30 } });
  await scene.staticIp('STOR', id);
  return id;
}

/**
 * Scenario 46: two firewalls compete for the last address; `first` and `second` may be two servers. The loser leaves
 * nothing behind.
 */
export async function lastAddress(first: Scene, second: Scene, asns: () => number): Promise<void> {
  const st = await almostFull(first);
  const all = [first.net.NA, 'INET', st, 'U1'];
  const [before, asnsBefore] = [await usage(first, all), asns()];
  const attempts = await Promise.allSettled(
    [first, second].map((scene) => scene.firewall('A', [first.net.NA, 'INET', st])),
  );
  expect(attempts.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const gained = async (): Promise<number[]> => (await usage(first, all)).map((used, i) => used - before[i]!);
  await expect.poll(gained).toEqual([1, 1, 1, 1]);
  await expect.poll(() => asns() - asnsBefore).toBe(1);
}

/** Scenario 47: 20 firewalls join concurrently, through the given servers in turn. */
export async function twentyFirewalls(servers: readonly Scene[]): Promise<MachineAnswer[]> {
  const { net } = servers[0]!;
  const before = await servers[0]!.usedIps(net.ST);
  const join = (_: unknown, i: number) => servers[i % servers.length]!.firewall('A', [net.NA, 'INET', net.ST]);
  const firewalls = await Promise.all(Array.from({ length: 20 }, join));
  const members = firewalls.map((firewall) => membership(firewall, net.ST));
  expect(new Set(members.flatMap(({ ips }) => ips)).size).toBe(20);
  expect(new Set(members.map(({ asn }) => asn)).size).toBe(20);
  await expect.poll(() => servers[0]!.usedIps(net.ST)).toBe(before + 20);
  return firewalls;
}
