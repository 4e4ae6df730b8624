import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../config/config-error.js';
import { loadConfig } from '../../../config/config.js';
import type { SameBoxBy } from '../../../config/same-box.js';
import type { RegisteringBox } from '../machine.js';
import { boxCheck } from './same-box.js';

const box = (address: string, certificate = ''): RegisteringBox => ({ address, certificate });
const check = (registeredBy: RegisteringBox | undefined, caller: RegisteringBox, by: SameBoxBy) => () =>
  boxCheck(caller, by)({ id: 'm1', registeredBy });

describe('a call in the name of a machine', () => {
  it.each([
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.2', 'A')],
    ['certificate', box('10.0.0.1'), box('10.0.0.2', 'B')],
    ['certificate', box('10.0.0.1'), box('10.0.0.2')],
    ['certificate', undefined, box('10.0.0.2', 'B')],
    ['address', box('10.0.0.1', 'A'), box('10.0.0.1', 'A')],
    ['address', box('', 'A'), box('10.0.0.2', 'A')],
    ['address', undefined, box('10.0.0.2')],
    ['nothing', box('10.0.0.1', 'A'), box('10.0.0.2', 'B')],
  ] as const)('is taken by %s when %o registered and %o calls', (by, registeredBy, caller) => {
    expect(check(registeredBy, caller, by)).not.toThrow();
  });

  it.each([
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.1', 'B')],
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.1')],
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.1', 'a')],
    ['address', box('10.0.0.1'), box('10.0.0.2')],
    ['address', box('10.0.0.1', 'A'), box('10.0.0.1', 'B')],
    ['address', box('10.0.0.1', 'A'), box('10.0.0.11', 'A')],
  ] as const)('is refused by %s when %o registered and %o calls', (by, registeredBy, caller) => {
    expect(check(registeredBy, caller, by)).toThrow('another box');
  });
});

describe('the setting', () => {
  it('is the certificate where nothing else is said', () => {
    expect(loadConfig({ METAL_API_DEV: 'true', METAL_API_GRPC_SAME_BOX_BY: '' }).sameBoxBy).toBe('certificate');
  });

  it.each(['certificates', 'ADDRESS', 'none', 'true', 'certificate,address'])('refuses "%s"', (value) => {
    const variables = { METAL_API_DEV: 'true', METAL_API_GRPC_SAME_BOX_BY: value };
    expect(() => loadConfig(variables)).toThrow(ConfigError);
  });
});
