import { describe, expect, it } from 'vitest';
import { memoryTable } from '../../../test/support/store.js';
import { UrlProbe } from '../../platform/reachability/url-probe.js';
import { ManualClock } from '../../shared/clock.js';
import { malformed } from '../../shared/errors/domain-error.js';
import { PartitionReferences } from './partition.js';
import { PartitionService } from './partition.service.js';
import { partitionTable } from './partition.table.js';

/** Reports one URL as unreachable. */
class PickyProbe extends UrlProbe {
  async check(field: string, url: string | undefined): Promise<void> {
    if (url === 'http://gone') throw malformed(`${field} is gone`);
  }
}

const setUp = () =>
  new PartitionService(memoryTable(partitionTable), new ManualClock(), new PartitionReferences(), new PickyProbe());

describe('PartitionService', () => {
  it('fills in defaults for omitted fields', async () => {
    expect(await setUp().create('p', {})).toMatchObject({
      id: 'p',
      bootConfiguration: { imageUrl: '', kernelUrl: '', commandLine: '' },
      labels: {},
      dnsServers: [],
      ntpServers: [],
      privateNetworkPrefixLength: 22,
    });
  });

  it.each([
    ['', {}, 22, 'malformed'],
    ['capacity', {}, 22, 'malformed'],
    ['p', { bootConfiguration: { imageUrl: 'http://gone' } }, 22, 'malformed'],
    ['p', { bootConfiguration: { kernelUrl: 'http://gone' } }, 22, 'malformed'],
    ['p', { dnsServers: ['1.1.1.1', '8.8.8.8', '9.9.9.9', '2606:4700::1111'] }, 22, 'malformed'],
    ['p', { dnsServers: ['dns.example.org'] }, 22, 'malformed'],
    ['p', { ntpServers: ['a', 'b', 'c', 'd', 'e', 'f'] }, 22, 'malformed'],
    ['p', { ntpServers: ['not a name'] }, 22, 'malformed'],
    ['p', { ntpServers: [''] }, 22, 'malformed'],
    ['p', { ntpServers: [`${'a'.repeat(63)}.`.repeat(5)] }, 22, 'malformed'],
    ['p', {}, 15, 'invalid'],
    ['p', {}, 31, 'invalid'],
  ])('rejects "%s" %o /%i as %s', async (id, spec, length, kind) => {
    await expect(setUp().create(id, spec, length)).rejects.toMatchObject({ kind });
  });

  it('changes only the given fields, also within the boot configuration', async () => {
    const partitions = setUp();
    const servers = { dnsServers: ['1.1.1.1'], ntpServers: ['0.pool.ntp.org', '::1'] };
    await partitions.create('p', {
      ...servers,
      labels: { a: 'b' },
      bootConfiguration: { imageUrl: 'i', kernelUrl: 'k' },
    });
    expect(await partitions.update('p', { bootConfiguration: { kernelUrl: 'k2' } })).toMatchObject({
      ...servers,
      labels: { a: 'b' },
      bootConfiguration: { imageUrl: 'i', kernelUrl: 'k2', commandLine: '' },
    });
    expect(await partitions.update('p', { dnsServers: [], labels: {} })).toMatchObject({
      dnsServers: [],
      ntpServers: servers.ntpServers,
      labels: {},
    });
    await expect(partitions.update('p', { dnsServers: ['x'] })).rejects.toMatchObject({ kind: 'malformed' });
    await expect(partitions.update('ghost', {})).rejects.toMatchObject({ kind: 'not-found' });
  });
});
