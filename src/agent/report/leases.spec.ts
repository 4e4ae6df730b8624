import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listedBmcs } from './bmc-list.js';
import { findBmcs } from './bmc-sources.js';
import { dhcpdLeases } from './dhcpd-leases.js';
import { dnsmasqLeases } from './dnsmasq-leases.js';
import { keaLeases } from './kea-leases.js';
import { currentLeases } from './lease.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const parsers = { dhcpdLeases, keaLeases, dnsmasqLeases, listedBmcs };

const dhcpd = (address: string, ...statements: string[]): string =>
  `lease ${address} {\n  starts 4 2025/12/31 20:00:00;\n${statements.map((text) => `  ${text}\n`).join('')}}\n`;
const ACTIVE = ['ends 4 2026/01/01 08:00:00;', 'binding state active;', 'hardware ethernet AA:bb:cc:00:00:01;'];

describe('leases of ISC dhcpd', () => {
  const read = (text: string) => currentLeases(dhcpdLeases(text), NOW);

  it('are those that are active and have not ended; the last entry of an address counts', () => {
    const text = [
      '# The format of this file is documented in dhcpd.leases(5)\nauthoring-byte-order little-endian;\n',
      dhcpd('10.1.0.1', ...ACTIVE),
      dhcpd('10.1.0.2', ...ACTIVE.slice(0, 2), 'hardware ethernet aa:bb:cc:00:00:02;', 'uid "\\001}";'),
      dhcpd('10.1.0.3', 'ends 4 2025/12/31 23:00:00;', ...ACTIVE.slice(1)),
      dhcpd('10.1.0.4', 'ends never;', 'binding state active;', 'hardware ethernet aa:bb:cc:00:00:04;'),
      dhcpd('10.1.0.5', 'ends epoch 1893456000; # Tue', 'binding state active;'),
      dhcpd('10.1.0.6', 'ends never;', 'binding state free;'),
      dhcpd('10.1.0.2', ...ACTIVE.slice(0, 1), 'binding state free;'),
      'server-duid "\\000\\001";\n',
    ].join('');
    expect(read(text)).toEqual([
      { address: '10.1.0.1', mac: 'aa:bb:cc:00:00:01' },
      { address: '10.1.0.4', mac: 'aa:bb:cc:00:00:04' },
      { address: '10.1.0.5', mac: '' },
    ]);
  });

  it('are one per device, the one that ends last', () => {
    const later = ['ends 4 2026/01/02 08:00:00;', ...ACTIVE.slice(1)];
    expect(read(dhcpd('10.1.0.9', ...later) + dhcpd('10.1.0.8', ...ACTIVE))).toMatchObject([{ address: '10.1.0.9' }]);
  });

  it('are not made up by the names of clients', () => {
    const name = 'client-hostname "x}\\nlease 10.9.9.9 { binding state active; hardware ethernet 00:00:00:00:00:00;";';
    expect(read(dhcpd('10.1.0.1', name, ...ACTIVE))).toEqual([{ address: '10.1.0.1', mac: 'aa:bb:cc:00:00:01' }]);
  });
});

describe('leases of Kea', () => {
  const V4 =
    'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id';
  const read = (...lines: string[]) => currentLeases(keaLeases(lines.join('\n')), NOW);

  it('are found by the names of the columns, for IPv4 and IPv6', () => {
    expect(
      read(
        V4,
        '10.1.0.1,aa:bb:cc:00:00:01,,3600,1767229200,1,0,0,bmc&#x2c1,0,,0',
        '10.1.0.2,aa:bb:cc:00:00:02,,3600,1767229200,1,0,0,,2,,0',
        '10.1.0.3,aa:bb:cc:00:00:03,,3600,1767222000,1,0,0,,0,,0',
        '10.1.0.4,aa:bb:cc:00:00:04,,4294967295,1,1,0,0,,0,,0',
      ),
    ).toEqual([
      { address: '10.1.0.1', mac: 'aa:bb:cc:00:00:01' },
      { address: '10.1.0.4', mac: 'aa:bb:cc:00:00:04' },
    ]);
    expect(
      read(
        'address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state',
        'FD00::1,00:01,3600,1767229200,1,0,0,1,128,0,0,,aa:bb:cc:00:00:05,0',
      ),
    ).toEqual([{ address: 'fd00::1', mac: 'aa:bb:cc:00:00:05' }]);
  });

  it('end with the last entry of their address', () => {
    const line = (lifetime: number) =>
      `10.1.0.1,aa:bb:cc:00:00:01,,${lifetime},1767229200,1,0,0,,${lifetime ? 0 : 2},,0`;
    expect(read(V4, line(3600), line(0))).toEqual([]);
  });
});

describe('leases of dnsmasq and lists', () => {
  it('have an address and mostly a MAC', () => {
    const text = [
      '1767229200 aa:bb:cc:00:00:01 10.1.0.1 bmc-1 01:aa:bb:cc:00:00:01',
      '1767222000 aa:bb:cc:00:00:02 10.1.0.2 * *',
      '0 06-aa:bb:cc:00:00:03 10.1.0.3 * *',
      'duid 00:01:00:01',
      '1767229200 123456 fd00::7 bmc-7 00:01',
      'nonsense',
    ].join('\r\n');
    expect(currentLeases(dnsmasqLeases(text), NOW)).toEqual([
      { address: '10.1.0.1', mac: 'aa:bb:cc:00:00:01' },
      { address: '10.1.0.3', mac: 'aa:bb:cc:00:00:03' },
      { address: 'fd00::7', mac: '' },
    ]);
    const list = '# BMCs\n10.1.0.1 AA-BB-CC-00-00-01 # rack 1\n\n10.1.0.2\nnot an address\n10.1.0.300\n';
    expect(currentLeases(listedBmcs(list), NOW)).toEqual([
      { address: '10.1.0.1', mac: 'aa:bb:cc:00:00:01' },
      { address: '10.1.0.2', mac: '' },
    ]);
  });

  it('names lines that are skipped, at most five of them', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'metal-list-')), 'bmcs');
    writeFileSync(path, ['# rack 1', '10.1.0.1:623', '', '10.1.0.2', 'bmc-3.example.org aa:bb:cc:00:00:03'].join('\n'));
    const sources = [{ format: 'list', path }] as const;
    const found = await findBmcs(sources, NOW);
    expect(found.leases.map(({ address }) => address)).toEqual(['10.1.0.2']);
    expect(found.problems).toEqual([
      `${path}: line 2 is skipped: "10.1.0.1:623", expected an IP address and, optionally, a MAC`,
      `${path}: line 5 is skipped: "bmc-3.example.org", expected an IP address and, optionally, a MAC`,
    ]);
    writeFileSync(path, 'x\n'.repeat(1000));
    expect((await findBmcs(sources, NOW)).problems).toHaveLength(5);
  });
});

describe('every parser', () => {
  it.each(Object.entries(parsers))('%s takes any text, in bounds', (_, parse) => {
    const word = fc.constantFrom(
      'lease ',
      '{',
      '}',
      ';',
      '"',
      '\n',
      ',',
      '10.0.0.1',
      'address',
      'ends never;',
      '0 ',
      '\0',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const { address, mac } of currentLeases(parse(any), NOW)) {
          expect(address).toMatch(/^[0-9a-f.:]+$/);
          expect(mac).toMatch(/^(?:[0-9a-f]{2}(?::[0-9a-f]{2}){5})?$/);
        }
      }),
    );
  });

  it.each(Object.entries(parsers))('%s takes long lines and many entries in linear time', (_, parse) => {
    const hostile = [
      'lease '.repeat(200_000),
      `lease ${' '.repeat(500_000)}{`,
      '"'.repeat(500_000),
      ','.repeat(500_000),
    ];
    const many = Array.from({ length: 60_000 }, (_, n) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`).join('\n');
    const leases = currentLeases(parse([...hostile, many].join('\n')), NOW);
    expect(leases.length).toBeLessThanOrEqual(20_000);
  });
});

describe('findBmcs', () => {
  it('reads all sources, and reports those that it cannot read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metal-leases-'));
    const path = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const sources = [
      { format: 'dhcpd', path: path('dhcpd.leases', dhcpd('10.1.0.1', ...ACTIVE)) },
      { format: 'list', path: path('list', '10.1.0.1\n10.1.0.2\n') },
      { format: 'kea', path: join(folder, 'missing') },
      { format: 'list', path: '/dev/zero' },
    ] as const;
    const { leases, problems } = await findBmcs(sources, NOW);
    expect(leases.map(({ address }) => address)).toEqual(['10.1.0.1', '10.1.0.2']);
    expect(problems).toEqual([
      `cannot read ${join(folder, 'missing')}: ENOENT`,
      expect.stringMatching(/^cannot read \/dev\/zero: the file has more than/),
    ]);
    rmSync(folder, { recursive: true });
  });
});
