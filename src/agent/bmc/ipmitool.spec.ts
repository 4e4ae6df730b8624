import { describe, expect, it } from 'vitest';
import { bmcTarget } from './bmc-target.js';
import { Ipmitool, IPMITOOL_DEFAULTS } from './ipmitool.js';

describe('Ipmitool', () => {
  const tool = new Ipmitool({ ...IPMITOOL_DEFAULTS, program: '/no/such/program' });
  const run = (login: { user?: string; password?: string }) =>
    tool.run(bmcTarget({ address: '10.0.0.1', user: 'u', password: 'p', ...login }), ['chassis', 'status']);

  it('does not start with credentials that are longer than IPMI allows, and does not quote them', async () => {
    await expect(run({ user: 'u'.repeat(16), password: 'p'.repeat(20) })).rejects.toMatchObject({ failure: 'tool' });
    await expect(run({ user: 'u'.repeat(17) })).rejects.toThrow('user has 17 bytes, IPMI takes at most 16');
    await expect(run({ user: 'ü'.repeat(9) })).rejects.toThrow('user has 18 bytes');
    const long = 'very-secret-very-secret';
    await expect(run({ password: long })).rejects.toMatchObject({
      failure: 'credentials',
      isRetryable: false,
      message: 'cannot log in to the BMC: the password has 23 bytes, IPMI takes at most 20',
    });
  });
});
