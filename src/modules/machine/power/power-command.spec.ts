import { describe, expect, it } from 'vitest';
import { powerCommand } from './power-command.js';

describe('a power command with options', () => {
  it.each([
    ['ON', false, undefined, []],
    ['OFF', false, undefined, []],
    ['OFF', true, undefined, ['graceful']],
    ['RESET', false, undefined, []],
    ['CYCLE', false, undefined, []],
    ['PXE', false, undefined, []],
    ['PXE', false, 'once', ['once']],
    ['DISK', false, 'continuous', ['continuous']],
    ['BIOS', false, 'continuous', ['continuous']],
  ] as const)('%s, graceful %s, persistence %s', (name, graceful, persistence, params) => {
    expect(powerCommand(name, { graceful, persistence })).toEqual({ name, params });
  });

  it.each([
    ['', false, undefined, /^command is "", expected one of ON, OFF, RESET, CYCLE, BIOS, DISK, PXE$/],
    ['off', false, undefined, /^command is "off", expected one of/],
    ['REINSTALL', false, undefined, /^command is "REINSTALL"/],
    ['x'.repeat(1000), false, undefined, /^command is "x{20,60}…?"/],
    ['RESET', true, undefined, /^graceful is only possible with command OFF, got RESET$/],
    ['PXE', true, 'once', /^graceful is only possible/],
    ['OFF', false, 'once', /^persistence is only possible with commands BIOS, DISK, PXE, got OFF$/],
    ['PXE', false, 'twice', /^persistence is "twice", expected one of once, continuous$/],
    ['PXE', false, '', /^persistence is "", expected one of once, continuous$/],
  ] as const)('%s, graceful %s, persistence %s is malformed', (name, graceful, persistence, message) => {
    expect(() => powerCommand(name, { graceful, persistence })).toThrowError(message);
  });
});
