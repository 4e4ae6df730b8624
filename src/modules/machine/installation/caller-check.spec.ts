import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../config/config-error.js';
import { loadConfig } from '../../../config/config.js';
import type { CallerBinding } from '../../../config/caller-binding.js';
import type { RegisteredCaller } from '../machine.js';
import { callerCheck } from './caller-check.js';

const box = (address: string, certificate = ''): RegisteredCaller => ({ address, certificate });
const check = (registeredBy: RegisteredCaller | undefined, caller: RegisteredCaller, binding: CallerBinding) => () =>
  callerCheck(caller, binding)({ id: 'm1', registeredBy });

describe('callerCheck', () => {
  it.each([
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.2', 'A')],
    ['certificate', box('10.0.0.1'), box('10.0.0.2', 'B')],
    ['certificate', box('10.0.0.1'), box('10.0.0.2')],
    ['certificate', undefined, box('10.0.0.2', 'B')],
    ['address', box('10.0.0.1', 'A'), box('10.0.0.1', 'A')],
    ['address', box('', 'A'), box('10.0.0.2', 'A')],
    ['address', undefined, box('10.0.0.2')],
    ['nothing', box('10.0.0.1', 'A'), box('10.0.0.2', 'B')],
  ] as const)('with binding to %s, accepts a machine registered by %o for caller %o', (by, registeredBy, caller) => {
    expect(check(registeredBy, caller, by)).not.toThrow();
  });

  it.each([
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.1', 'B')],
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.1')],
    ['certificate', box('10.0.0.1', 'A'), box('10.0.0.1', 'a')],
    ['address', box('10.0.0.1'), box('10.0.0.2')],
    ['address', box('10.0.0.1', 'A'), box('10.0.0.1', 'B')],
    ['address', box('10.0.0.1', 'A'), box('10.0.0.11', 'A')],
  ] as const)('with binding to %s, rejects a machine registered by %o for caller %o', (by, registeredBy, caller) => {
    expect(check(registeredBy, caller, by)).toThrow('another caller');
  });
});

describe('the callerBinding setting', () => {
  it('defaults to the certificate', () => {
    expect(loadConfig({ METAL_API_DEV: 'true', METAL_API_GRPC_SAME_BOX_BY: '' }).callerBinding).toBe('certificate');
  });

  it.each(['certificates', 'ADDRESS', 'none', 'true', 'certificate,address'])('rejects "%s"', (value) => {
    const variables = { METAL_API_DEV: 'true', METAL_API_GRPC_SAME_BOX_BY: value };
    expect(() => loadConfig(variables)).toThrow(ConfigError);
  });
});
