import { expect, it } from 'vitest';
import type { AllocationId, MachineId } from './id.js';

const release = (machine: MachineId, allocation: AllocationId): string => `${machine} ${allocation}`;

it('accepts texts, and refuses an ID of another kind at compile time', () => {
  const [machine, allocation]: [MachineId, AllocationId] = ['m', 'a'];
  expect(release(machine, allocation)).toBe('m a');
  expect(release('m', 'a')).toBe('m a');
  // @ts-expect-error The compiler must refuse this; otherwise it reports the unused directive.
  expect(release(allocation, machine)).toBe('a m');
});
