import { describe, expect, it } from 'vitest';
import { loadConsoleConfig } from './console-config.js';

const NEEDED = { METAL_API_CONSOLE_API_URL: 'https://api.example.com/metal', METAL_API_CONSOLE_API_HMAC: 'key' };

describe('loadConsoleConfig', () => {
  it('needs an API and its key', () => {
    expect(loadConsoleConfig(NEEDED)).toMatchObject({
      api: { url: 'https://api.example.com/metal/', hmac: 'key' },
      listen: { host: '0.0.0.0', port: 5222 },
      operatorGroup: undefined,
      partitions: [],
    });
    expect(() => loadConsoleConfig({})).toThrow(/_API_URL is not set.*_API_HMAC is not set/s);
  });

  it.each([
    ['API_URL', 'ftp://x', 'expected a URL'],
    ['API_HMAC_FILE', '/nonexistent', undefined],
    ['BIND_ADDR', 'x', 'expected host:port'],
    ['MAX_CONNECTIONS', '0', 'an integer from 1'],
    ['IDLE_TIMEOUT', '0', 'a duration from 10ms to 24h'],
    ['CHECK_INTERVAL', '48h', 'a duration from 10ms to 24h'],
    ['BMC_NETWORKS', '10.0.0.0', 'expected prefixes'],
    ['CIPHER_SUITES', '0', 'has no authentication'],
  ])('judges %s=%s', (name, value, message) => {
    const load = () => loadConsoleConfig({ ...NEEDED, [`METAL_API_CONSOLE_${name}`]: value });
    if (message === undefined) expect(load().api.hmac).toBe('key');
    else expect(load).toThrow(new RegExp(`METAL_API_CONSOLE_${name}.*${message}`));
  });
});
