import { describe, expect, it } from 'vitest';
import { incompleteCycles } from './incomplete-cycles.js';
import type { ProvisioningEvent } from './provisioning-event.js';

/** Events as they happened, oldest first. */
const count = (...happened: ProvisioningEvent['event'][]) =>
  incompleteCycles(happened.reverse().map((event) => ({ time: '', event, message: '' })));

describe('incomplete provisioning cycles', () => {
  it('is 0 for an empty log and for an undisturbed boot', () => {
    expect(count()).toBe('0');
    expect(count('PXE Booting', 'PXE Booting', 'Preparing', 'Registering', 'Waiting', 'Installing')).toBe('0');
  });

  it('counts each fall out of the sequence', () => {
    expect(count('PXE Booting', 'Preparing', 'PXE Booting', 'Preparing', 'Registering', 'PXE Booting')).toBe('2');
  });

  it('allows a crash only to be followed by a new start', () => {
    expect(count('Preparing', 'Crashed', 'PXE Booting')).toBe('1');
    expect(count('Crashed', 'Waiting')).toBe('1');
  });

  it.each(['Planned Reboot', 'Machine Reclaim', 'Phoned Home', 'Reset Fail Count'] as const)('ends at %s', (end) => {
    expect(count('Preparing', 'PXE Booting', end, 'PXE Booting', 'Preparing')).toBe('0');
  });

  it('says "at least" when it found no end', () => {
    const cycles = Array.from({ length: 10 }, () => ['Preparing', 'Registering'] as const).flat();
    expect(count(...cycles)).toBe('at least 6');
  });
});
