import { describe, expect, it } from 'vitest';
import { incompleteCycles } from './incomplete-cycles.js';
import type { ProvisioningEvent } from './provisioning-event.js';

/** Events in order of occurrence, oldest first. */
const count = (...happened: ProvisioningEvent['event'][]) =>
  incompleteCycles(happened.reverse().map((event) => ({ time: '', event, message: '' })));

describe('incomplete provisioning cycles', () => {
  it('is 0 for an empty log and for an undisturbed boot', () => {
    expect(count()).toBe('0');
    expect(count('PXE Booting', 'PXE Booting', 'Preparing', 'Registering', 'Waiting', 'Installing')).toBe('0');
  });

  it('counts each deviation from the boot sequence', () => {
    expect(count('PXE Booting', 'Preparing', 'PXE Booting', 'Preparing', 'Registering', 'PXE Booting')).toBe('2');
  });

  it('only allows a restart after a crash', () => {
    expect(count('Preparing', 'Crashed', 'PXE Booting')).toBe('1');
    expect(count('Crashed', 'Waiting')).toBe('1');
  });

  it.each(['Planned Reboot', 'Machine Reclaim', 'Phoned Home', 'Reset Fail Count'] as const)(
    'stops counting at %s',
    (end) => {
      expect(count('Preparing', 'PXE Booting', end, 'PXE Booting', 'Preparing')).toBe('0');
    },
  );

  it('returns "at least" if it finds no terminating event', () => {
    const cycles = Array.from({ length: 10 }, () => ['Preparing', 'Registering'] as const).flat();
    expect(count(...cycles)).toBe('at least 6');
  });
});
