import { describe, expect, it } from 'vitest';
import { newCommand } from './command-transitions.js';
import type { Command, DeliverableRequest } from './command.js';
import { commandPayload } from './command-payload.js';

const IPMI = { address: '10.1.2.3:623', user: 'metal', password: 'secret', interface: 'lanplus' };
const entry = (request: Partial<DeliverableRequest>): Command => ({
  ...newCommand(
    { id: 'a', machine: 'm1', partition: 'p', kind: 'command', ...request },
    { order: '1', after: undefined },
    0,
    1,
  ),
  revision: 1,
});

describe('commandPayload', () => {
  it('has the form that metal-bmc reads for a command (docs/reference/message-bus.md#command-payload)', () => {
    expect(commandPayload(entry({ command: 'RESET' }), IPMI)).toEqual({
      type: 'command',
      cmd: { target: 'm1', cmd: 'RESET', ipmi: IPMI },
    });
  });

  it('has the form that metal-bmc reads for a delete, with the block that it crashes without', () => {
    expect(commandPayload(entry({ kind: 'reclaim' }), IPMI)).toEqual({
      type: 'delete',
      old: 'm1',
      cmd: { target: 'm1', ipmi: IPMI },
    });
  });

  it('has the parameters that metal-core v0.6 reads for the LED', () => {
    expect(commandPayload(entry({ command: 'LED-ON', params: ['look here'] }), IPMI)).toMatchObject({
      cmd: { cmd: 'LED-ON', params: ['look here'] },
    });
  });

  it('contains kind and URL of a firmware file', () => {
    const order = { command: 'UPDATE-FIRMWARE', firmware: { kind: 'bios', revision: '1' } } as const;
    expect(commandPayload(entry(order), IPMI, 'https://s3/x')).toMatchObject({
      cmd: { firmwareupdate: { kind: 'bios', url: 'https://s3/x' } },
    });
  });
});
