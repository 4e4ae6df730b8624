import { describe, expect, it } from 'vitest';
import { loadAgentConfig } from './agent-config.js';

describe('loadAgentConfig', () => {
  it('requires only a partition and a broker', () => {
    expect(loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x:4222' })).toMatchObject({
      partition: 'fra',
      nats: { url: 'nats://x:4222' },
      concurrency: 64,
      bmcTimeout: 20_000,
      ipmitool: { program: 'ipmitool', cipherSuites: [17, 3] },
      redfish: { protocol: 'auto', port: 443, trust: { mode: 'verify' }, exceptions: [] },
    });
    const variables = {
      METAL_API_NATS_URL: 'nats://x',
      METAL_API_AGENT_PARTITION: 'muc',
      METAL_API_AGENT_CIPHER_SUITES: '3',
    };
    expect(loadAgentConfig(undefined, variables)).toMatchObject({ partition: 'muc', ipmitool: { cipherSuites: [3] } });
  });

  it('parses the management networks', () => {
    const load = (networks: string) =>
      loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x', METAL_API_AGENT_BMC_NETWORKS: networks });
    expect(load('').bmcNetworks).toBeUndefined();
    expect(load('10.1.2.3/16, fd00:1::/64').bmcNetworks?.map(String)).toEqual(['10.1.0.0/16', 'fd00:1::/64']);
    for (const wrong of ['10.1.0.0', '10.1.0.0/33', 'bmc.example', '10.0.0.0/8;fd00::/8', '10.0.0.0/08']) {
      expect(() => load(`fd00::/8,${wrong}`)).toThrow(`has "${wrong}", expected prefixes`);
    }
  });

  it('enables IPMI 1.5 only explicitly, and rejects cipher suites without authentication', () => {
    const load = (more: object) => loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x', ...more });
    expect(load({}).allowIpmi15).toBe(false);
    expect(load({ METAL_API_AGENT_ALLOW_IPMI_1_5: 'true' }).allowIpmi15).toBe(true);
    for (const suites of ['0', '17,0', '3, 00'])
      expect(() => load({ METAL_API_AGENT_CIPHER_SUITES: suites })).toThrow('which has no authentication');
  });

  it('parses how to speak with BMCs', () => {
    const load = (more: object) => loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x', ...more });
    const { redfish } = load({
      METAL_API_AGENT_BMC_PROTOCOL: 'redfish',
      METAL_API_AGENT_BMC_PROTOCOL_EXCEPTIONS: '10.1.0.0/24=ipmi, 10.1.1.7=redfish:8443',
      METAL_API_AGENT_REDFISH_TRUST: 'pin-first',
      METAL_API_AGENT_REDFISH_PINS_FILE: '/var/lib/pins',
    });
    expect(redfish).toMatchObject({ protocol: 'redfish', trust: { mode: 'pin-first', pinsFile: '/var/lib/pins' } });
    expect(redfish.exceptions.map(({ protocol, port }) => [protocol, port])).toEqual([
      ['ipmi', undefined],
      ['redfish', 8443],
    ]);
    expect(load({ METAL_API_AGENT_STATUS_BIND_ADDR: ':2113' }).status).toEqual({ host: '0.0.0.0', port: 2113 });
  });

  it.each([
    [{ METAL_API_AGENT_BMC_PROTOCOL: 'snmp' }, 'expected one of auto, ipmi, redfish'],
    [{ METAL_API_AGENT_BMC_PROTOCOL_EXCEPTIONS: '10.1.0.0=snmp' }, 'has "10.1.0.0=snmp", expected entries such as'],
    [{ METAL_API_AGENT_REDFISH_TRUST: 'pin' }, 'METAL_API_AGENT_REDFISH_PINS_FILE is not set'],
    [{ METAL_API_AGENT_REDFISH_CA_FILE: '/no/file' }, 'which cannot be read: ENOENT'],
    [{ METAL_API_AGENT_REDFISH_CA_FILE: 'package.json' }, 'which contains no certificate'],
    [{ METAL_API_AGENT_STATUS_BIND_ADDR: '2113' }, 'expected host:port or :port'],
    [{ METAL_API_NATS_CERT_FILE: '/x' }, 'must be set together'],
    [{ METAL_API_AGENT_REPORT_SOURCES: 'leases:/x' }, 'expected dhcpd:PATH, kea:PATH, dnsmasq:PATH, list:PATH'],
    [{ METAL_API_AGENT_REPORT_SOURCES: 'list:/x' }, 'METAL_API_AGENT_API_URL is not a URL'],
    [{ METAL_API_AGENT_REPORT_SOURCES: 'list:/x' }, 'METAL_API_AGENT_REPORT_PASSWORD_FILE is not set'],
    [{ METAL_API_AGENT_REPORT_IGNORED_MACS: 'aa' }, 'has "aa", expected MACs'],
  ])('rejects %j', (more, reason) => {
    expect(() => loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x', ...more })).toThrow(reason);
  });

  it('reports every violation at once', () => {
    const variables = { METAL_API_AGENT_CIPHER_SUITES: 'x', METAL_API_AGENT_CONCURRENCY: '0' };
    expect(() => loadAgentConfig(undefined, variables)).toThrow(
      /(?=[^]*--partition)(?=[^]*METAL_API_NATS_URL)(?=[^]*CIPHER_SUITES)(?=[^]*CONCURRENCY)/,
    );
  });
});
