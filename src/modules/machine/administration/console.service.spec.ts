import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../config/config.js';
import { MemoryLogger } from '../../../shared/app-logger.js';
import type { MachineRepository } from '../core/machine.repository.js';
import { ConsoleService } from './console.service.js';

const RECORD = { session: 's', event: 'opened', caller: 'key', address: '192.0.2.1', reason: '' };

function setUp(consolePassword = 'right') {
  const log = new MemoryLogger();
  const machines = new Map<string, unknown>([
    ['m', { id: 'm', allocation: { consolePassword } }],
    ['free', { id: 'free', allocation: undefined }],
  ]) as unknown as MachineRepository;
  const config = loadConfig({
    METAL_API_DEV: 'true',
    METAL_API_DB: 'memory',
    METAL_API_PASSWORD_REASON_MINLENGTH: '5',
  });
  return { log, service: new ConsoleService(machines, config, log) };
}

describe('ConsoleService', () => {
  it('accepts the console password only, and logs tries without it', () => {
    const { service, log } = setUp();
    const check = (password: string) => service.checkPassword('m', password, 'broken', '192.0.2.1');
    expect([check('right'), check('wrong-one'), check(''), check('right ')]).toEqual([true, false, false, false]);
    expect(log.lines).toHaveLength(4);
    expect(log.lines[0]).toMatch(/"m" from "192.0.2.1" accepted, reason: "broken"/);
    expect(log.lines.join('\n')).not.toMatch(/right|wrong-one/);
  });

  it('accepts nothing for an allocation without console password', () => {
    expect(setUp('').service.checkPassword('m', '', 'broken', '')).toBe(false);
  });

  it.each([
    ['m', 'long', 'reason has 4 bytes, expected at least 5'],
    ['m', 'x'.repeat(513), 'reason has 513 characters'],
    ['free', 'broken', 'not allocated'],
    ['none', 'broken', '"none"'],
  ])('refuses machine %s with reason %.10j', (id, reason, message) => {
    const { service, log } = setUp();
    expect(() => service.checkPassword(id, 'right', reason, '')).toThrow(message);
    expect(log.lines).toEqual([]);
  });

  it('logs sessions, without what could forge a line', () => {
    const { service, log } = setUp();
    service.record('m', { ...RECORD, reason: 'a\nb', session: 's\n' });
    expect(log.lines[0]).toMatch(/^[^\n]*"m" opened by "key" from "192.0.2.1"[^\n]*$/);
  });

  it.each([
    [{ event: 'paused' }, 'event is "paused"'],
    [{ session: '' }, 'session is empty'],
    [{ caller: '' }, 'caller is empty'],
    [{ caller: 'x'.repeat(513) }, 'caller has 513 characters'],
  ])('refuses the record %.30j', (fields, message) => {
    expect(() => setUp().service.record('m', { ...RECORD, ...fields })).toThrow(message);
  });
});
