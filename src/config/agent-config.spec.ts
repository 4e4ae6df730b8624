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

  it('reports every violation at once', () => {
    const variables = { METAL_API_AGENT_CIPHER_SUITES: 'x', METAL_API_AGENT_CONCURRENCY: '0' };
    expect(() => loadAgentConfig(undefined, variables)).toThrow(
      /(?=[^]*--partition)(?=[^]*METAL_API_NATS_URL)(?=[^]*CIPHER_SUITES)(?=[^]*CONCURRENCY)/,
    );
  });
});
