import { describe, expect, it } from 'vitest';
import type { Machine } from '../api/types.js';
import { stateOf } from './life-cycle.js';

function machine(newest: string | readonly string[] | undefined, parts: object = {}, flags: object = {}): Machine {
  const log = (newest === undefined ? [] : [newest].flat()).map((event) => ({ event }));
  return {
    liveliness: 'Alive',
    state: { value: '' },
    allocation: null,
    events: { log, crash_loop: false, failed_machine_reclaim: false, ...flags },
    ...parts,
  } as unknown as Machine;
}
const allocation = { project: 'p' };

describe('the state of a machine', () => {
  it.each([
    ['registering', machine(undefined)],
    ['registering', machine('PXE Booting')],
    ['registering', machine('Machine Reclaim')],
    ['waiting', machine('Waiting')],
    ['waiting', machine('Waiting', {}, { crash_loop: true })],
    ['failing', machine('Preparing', {}, { crash_loop: true })],
    ['failing', machine('Waiting', {}, { failed_machine_reclaim: true })],
    ['installing', machine('Installing', { allocation })],
    ['installing', machine('Waiting', { allocation })],
    ['allocated', machine('Phoned Home', { allocation })],
    ['allocated', machine(undefined, { allocation })],
    ['allocated', machine(['Planned Reboot', 'Phoned Home', 'Installing'], { allocation })],
    ['installing', machine(['Planned Reboot', 'Installing', 'Phoned Home'], { allocation })],
    ['reserved', machine('Waiting', { state: { value: 'RESERVED' } })],
    ['allocated', machine('Phoned Home', { allocation, state: { value: 'RESERVED' } })],
    ['locked', machine('Phoned Home', { allocation, state: { value: 'LOCKED' } })],
    ['locked', machine('Waiting', { state: { value: 'LOCKED' } })],
    ['dead', machine('Waiting', { liveliness: 'Dead', state: { value: 'LOCKED' } })],
    ['unknown', machine('Phoned Home', { liveliness: 'Unknown', allocation }, { crash_loop: true })],
  ])('is %s', (wanted, given) => expect(stateOf(given).id).toBe(wanted));
});
