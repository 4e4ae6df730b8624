import { describe, expect, it } from 'vitest';
import { LOCAL_NETWORKS } from '../../shared/net/bmc-address.js';
import { Prefix } from '../../shared/net/prefix.js';
import { bmcTarget } from './bmc-target.js';
import { ManagementNetworks } from './management-networks.js';

const target = (address: string) => bmcTarget({ address, user: 'root', password: 'secret' });
const names: Readonly<Record<string, readonly string[]>> = {
  'bmc.example': ['10.1.2.3'],
  'both.example': ['203.0.113.9', '10.1.2.4'],
  'local.example': ['127.0.1.1', '169.254.169.254'],
  'outside.example': ['203.0.113.9', '2001:db8::9'],
};
const resolve = async (host: string): Promise<readonly string[]> => {
  const addresses = names[host];
  if (!addresses) throw new Error('ENOTFOUND');
  return addresses;
};

describe('management networks', () => {
  it.each([
    ['10.255.0.1', '10.255.0.1'],
    ['172.31.255.255:6230', '172.31.255.255'],
    ['192.168.121.1', '192.168.121.1'],
    ['[fd00::1]', 'fd00::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['bmc.example', '10.1.2.3'],
    ['both.example', '10.1.2.4'],
  ])('default to private networks, which include %s', async (address, host) => {
    expect(await new ManagementNetworks(undefined, resolve).resolveAllowed(target(address))).toMatchObject({ host });
  });

  it.each([
    ...['8.8.8.8', '172.32.0.1', '192.169.0.1', '100.64.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'outside.example'],
    ...['127.0.0.1:6230', '169.254.169.254', 'fe80::1%eth0', '::1', '::ffff:127.0.0.1', 'local.example'],
  ])('exclude %s by default', async (address) => {
    const refused = { failure: 'address', isRetryable: false };
    const attempt = new ManagementNetworks(undefined, resolve).resolveAllowed(target(address));
    await expect(attempt).rejects.toMatchObject(refused);
    await expect(attempt).rejects.toThrow(
      /outside the management networks 10\.0\.0\.0\/8.*METAL_API_AGENT_BMC_NETWORKS/,
    );
    await expect(attempt).rejects.not.toThrow(/secret/);
  });

  it('are only the configured networks if any are configured', async () => {
    const networks = new ManagementNetworks([Prefix.parse('203.0.113.0/24')], resolve);
    expect(await networks.resolveAllowed(target('outside.example'))).toMatchObject({ host: '203.0.113.9' });
    await expect(networks.resolveAllowed(target('10.0.0.1'))).rejects.toMatchObject({ failure: 'address' });
    await expect(networks.resolveAllowed(target('127.0.0.1'))).rejects.toMatchObject({ failure: 'address' });
  });

  it('may be link-local if configured', async () => {
    const networks = new ManagementNetworks(LOCAL_NETWORKS, resolve);
    expect(await networks.resolveAllowed(target('fe80::1%eth0'))).toMatchObject({ host: 'fe80::1%eth0' });
    expect(await networks.resolveAllowed(target('local.example'))).toMatchObject({ host: '127.0.1.1' });
    await expect(networks.resolveAllowed(target('10.0.0.1'))).rejects.toMatchObject({ failure: 'address' });
  });

  it('reject a host name without an address as unreachable', async () => {
    const attempt = new ManagementNetworks(undefined, resolve).resolveAllowed(target('gone.example'));
    await expect(attempt).rejects.toMatchObject({ failure: 'unreachable', isRetryable: true });
  });
});
