import { describe, expect, it } from 'vitest';
import { loadAgentConfig } from './agent-config.js';

describe('loadAgentConfig', () => {
  it('needs a partition and a broker only', () => {
    expect(loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x:4222' })).toMatchObject({
      partition: 'fra',
      nats: { url: 'nats://x:4222' },
      concurrency: 64,
      ipmitool: { program: 'ipmitool', cipherSuites: [17, 3], timeout: 20_000 },
    });
    const variables = {
      METAL_API_NATS_URL: 'nats://x',
      METAL_API_AGENT_PARTITION: 'muc',
      METAL_API_AGENT_CIPHER_SUITES: '3',
    };
    expect(loadAgentConfig(undefined, variables)).toMatchObject({ partition: 'muc', ipmitool: { cipherSuites: [3] } });
  });

  it('reads where the BMCs are', () => {
    const load = (networks: string) =>
      loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x', METAL_API_AGENT_BMC_NETWORKS: networks });
    expect(load('').bmcNetworks).toBeUndefined();
    expect(load('10.1.2.3/16, fd00:1::/64').bmcNetworks?.map(String)).toEqual(['10.1.0.0/16', 'fd00:1::/64']);
    for (const wrong of ['10.1.0.0', '10.1.0.0/33', 'bmc.example', '10.0.0.0/8;fd00::/8', '10.0.0.0/08']) {
      expect(() => load(`fd00::/8,${wrong}`)).toThrow(`has "${wrong}", expected prefixes`);
    }
  });

  it('speaks IPMI 1.5 only where it is allowed, and never without authentication', () => {
    const load = (more: object) => loadAgentConfig('fra', { METAL_API_NATS_URL: 'nats://x', ...more });
    expect(load({}).allowIpmi15).toBe(false);
    expect(load({ METAL_API_AGENT_ALLOW_IPMI_1_5: 'true' }).allowIpmi15).toBe(true);
    for (const suites of ['0', '17,0', '3, 00'])
      expect(() => load({ METAL_API_AGENT_CIPHER_SUITES: suites })).toThrow('authenticates nothing');
  });

  it('reports every violation at once', () => {
    const variables = { METAL_API_AGENT_CIPHER_SUITES: 'x', METAL_API_AGENT_CONCURRENCY: '0' };
    expect(() => loadAgentConfig(undefined, variables)).toThrow(
      /(?=[^]*--partition)(?=[^]*METAL_API_NATS_URL)(?=[^]*CIPHER_SUITES)(?=[^]*CONCURRENCY)/,
    );
  });
});
