import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { loadSimulatorConfig } from './simulator-config.js';

const KEYS = { METAL_API_HMAC_EDIT_KEY: 'edit', METAL_API_HMAC_ADMIN_KEY: 'admin' };

function violationsOf(args: readonly string[], variables: Record<string, string>): string {
  try {
    loadSimulatorConfig(args, variables);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
}

describe('loadSimulatorConfig', () => {
  it('has no faults and no end unless asked for', () => {
    const config = loadSimulatorConfig([], KEYS);
    expect(config).toMatchObject({ faults: false, plan: false, crashes: 0, duration: undefined, faultSpeed: 1 });
  });

  it('reads the options of faults', () => {
    const args = ['--faults', '--duration', '10m', '--fault-speed', '60', '--settle-time', '5s', '--crashes', '0.1'];
    const faults = { faults: true, duration: 600_000, faultSpeed: 60, settleTime: 5000, crashes: 0.1 };
    expect(loadSimulatorConfig(args, KEYS)).toMatchObject(faults);
  });

  it.each([
    [
      ['--faults'],
      { METAL_API_HMAC_EDIT_KEY: 'edit' },
      'METAL_API_HMAC_ADMIN_KEY is not set, but --faults requires it',
    ],
    [['--plan'], {}, '--plan requires --duration'],
    [['--crashes', '2'], KEYS, '--crashes is "2", expected a probability'],
    [['--fault-speed', '0'], KEYS, '--fault-speed'],
    [[], {}, 'METAL_API_HMAC_EDIT_KEY is not set'],
  ])('refuses %j', (args, variables, message) => {
    expect(violationsOf(args, variables)).toContain(message);
  });

  it('needs no keys to print the schedule', () => {
    expect(violationsOf(['--plan', '--duration', '1m'], {})).toBe('');
  });
});
