import { describe, expect, it } from 'vitest';
import { newCommand } from './command-changes.js';
import type { Command, CommandOrder } from './command.js';
import { commandPayload } from './command-payload.js';

const IPMI = { address: '10.1.2.3:623', user: 'metal', password: 'secret', interface: 'lanplus' };
const entry = (order: Partial<CommandOrder>): Command => ({
  ...newCommand({ id: 'a', machine: 'm1', partition: 'p', type: 'command', ...order }, { order: '1', after: '' }, 0, 1),
  revision: 1,
});

describe('commandPayload', () => {
  it('is what metal-bmc reads for a command (reference/40 §3.3)', () => {
    expect(commandPayload(entry({ command: 'RESET' }), IPMI)).toEqual({
      type: 'command',
      cmd: { target: 'm1', cmd: 'RESET', ipmi: IPMI },
    });
  });

  it('is what metal-bmc reads for a delete, with the block without which it crashes', () => {
    expect(commandPayload(entry({ type: 'delete' }), IPMI)).toEqual({
      type: 'delete',
      old: 'm1',
      cmd: { target: 'm1', ipmi: IPMI },
    });
  });

  it('has the parameters that metal-core v0.6 read for the LED', () => {
    expect(commandPayload(entry({ command: 'LED-ON', params: ['look here'] }), IPMI)).toMatchObject({
      cmd: { cmd: 'LED-ON', params: ['look here'] },
    });
  });

  it('has kind and address of a firmware file', () => {
    const order = { command: 'UPDATE-FIRMWARE', firmware: { kind: 'bios', revision: '1' } } as const;
    expect(commandPayload(entry(order), IPMI, 'https://s3/x')).toMatchObject({
      cmd: { firmwareupdate: { kind: 'bios', url: 'https://s3/x' } },
    });
  });
});
