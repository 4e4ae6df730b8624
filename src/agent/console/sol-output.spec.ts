import { describe, expect, it } from 'vitest';
import { SolOutput } from './sol-output.js';

describe('SolOutput', () => {
  it('shows what the machine sends, without the line of ipmitool, however it arrives', () => {
    const text = '[SOL Session operational.  Use ~? for help]\nlogin: \xff\x00[SOL Session operational.]\n';
    for (const size of [1, 7, 1000]) {
      const shown: Buffer[] = [];
      const output = new SolOutput((chunk) => shown.push(chunk));
      for (let at = 0; at < text.length; at += size) output.console(Buffer.from(text.slice(at, at + size), 'latin1'));
      expect(Buffer.concat(shown).toString('latin1')).toBe('login: \xff\x00[SOL Session operational.]\n');
    }
  });

  it.each([
    ['Info: SOL payload already active on another session', 'another program has it open'],
    ['Info: SOL payload disabled', 'disabled at the BMC'],
    ['Error: No response to keepalive - Terminating session', 'no longer responds'],
    ['tcgetattr: Inappropriate ioctl for device', 'the BMC ended the session'],
  ])('explains %j', (text, reason) => {
    for (const stream of ['console', 'complaint'] as const) {
      const output = new SolOutput(() => expect.unreachable());
      output[stream](Buffer.from(text));
      expect(output.reason()).toContain(reason);
    }
  });

  it('holds a bounded part of what is not a console', () => {
    const output = new SolOutput(() => expect.unreachable());
    for (let part = 0; part < 100; part++) output.console(Buffer.alloc(10_000, 'x'));
    expect(JSON.stringify(output).length).toBeLessThan(20_000);
  });
});
