import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChassisEvent, ipmiSimProblem } from './ipmi-sims.js';
import { SimulatedBmc } from './simulated-bmc.js';

describe('ipmiSimProblem', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metal-path-'));
  const install = (program: string, mode = 0o755): void => writeFileSync(join(folder, program), '', { mode });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('names the missing programs and ignores files that are not executable', () => {
    install('ipmi_sim', 0o644);
    expect(ipmiSimProblem(4, folder)).toBe('ipmitool and ipmi_sim are not installed');
    expect(ipmiSimProblem(4, '')).toBe('ipmitool and ipmi_sim are not installed');
    install('ipmitool');
    expect(ipmiSimProblem(4, `/nowhere:${folder}`)).toBe('ipmi_sim is not installed');
    rmSync(join(folder, 'ipmi_sim'));
    install('ipmi_sim');
    expect(ipmiSimProblem(32, `/nowhere:${folder}`)).toBeUndefined();
    expect(ipmiSimProblem(33, folder)).toMatch(/^33 machines are more than 32/);
  });
});

describe('applyChassisEvent', () => {
  let seen: string[];
  let bmc: SimulatedBmc;
  beforeEach(() => {
    seen = [];
    bmc = new SimulatedBmc({ started: (device) => seen.push(`on ${device}`), stopped: () => seen.push('off') });
  });
  const tell = (...words: string[]): void => words.forEach((told) => applyChassisEvent(bmc, told));

  it('applies power and reset commands', () => {
    tell('reset 1', 'power 1', 'power 1', 'reset 1', 'power 0');
    expect(seen).toEqual(['on pxe', 'off', 'on pxe', 'off']);
  });

  it('boots from disk permanently and into the BIOS once', () => {
    tell('boot default', 'boot bios', 'power 1', 'reset 1', 'boot pxe', 'reset 1');
    expect(seen).toEqual(['on bios', 'off', 'on disk', 'off', 'on pxe']);
  });

  it('lights the LED permanently or for some time, and ignores unknown commands', () => {
    tell('identify 0 1');
    expect(bmc.ledState).toBe('LED-ON');
    tell('identify 0 0', 'shutdown 1');
    expect(bmc.ledState).toBe('LED-OFF');
    tell('identify 15');
    expect(bmc.ledState).toBe('LED-ON');
  });
});
