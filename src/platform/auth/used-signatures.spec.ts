import { describe, expect, it } from 'vitest';
import { testConfig } from '../../../test/support/app.js';
import { memoryLog } from '../../../test/support/store.js';
import { ManualClock } from '../../shared/clock.js';
import { ReadSignatures } from './replay-cache.js';
import { signatureLog, UsedSignatures } from './used-signatures.js';

const START = Date.parse('2026-01-02T03:04:05Z');
const setUp = (variables: Record<string, string> = {}) => {
  const clock = new ManualClock(START);
  const log = memoryLog(signatureLog);
  return { clock, log, used: new UsedSignatures(log, testConfig(variables), clock) };
};
const signature = (mac: string, type: 'Metal-View' | 'Metal-Edit' | 'Metal-Admin' = 'Metal-Edit', date = START) => ({
  type,
  mac,
  date,
});

describe('UsedSignatures', () => {
  it('distinguishes signatures by value and type', async () => {
    const { used } = setUp();
    expect(await used.claim(signature('a'), false)).toBe(true);
    expect(await used.claim(signature('a'), true)).toBe(false);
    expect(await used.claim(signature('b'), false)).toBe(true);
    expect(await used.claim(signature('a', 'Metal-Admin'), false)).toBe(true);
  });

  it('records nothing if the lifetime is unlimited', async () => {
    const { used, log } = setUp({ METAL_API_HMAC_EDIT_LIFETIME: '0' });
    for (let n = 0; n < 2; n++) expect(await used.claim(signature('a'), false)).toBe(true);
    expect(await log.prune({})).toBe(0);
  });

  it.each([
    ['Metal-View', 0, 30],
    ['Metal-Edit', 0, 30],
    ['Metal-Admin', 0, 90],
    ['Metal-Edit', 30_000, 60],
    ['Metal-Admin', -90_000, 0],
  ] as const)(
    'keeps signatures of %s, dated %i ms from now, for ten minutes after they expire',
    async (type, offset, holds) => {
      const { used, clock } = setUp();
      await used.claim(signature('a', type, START + offset), false);
      clock.advance((holds + 600) * 1000);
      expect(await used.prune()).toBe(0);
      clock.advance(1);
      expect(await used.prune()).toBe(1);
    },
  );

  it('does not store the signature itself', async () => {
    const { used, log } = setUp();
    await used.claim(signature('the signature'), false);
    for await (const entry of log.scan({})) expect(JSON.stringify(entry)).not.toContain('the signature');
  });
});

describe('ReadSignatures', () => {
  it('reports a signature as repeated from its second use, within window and capacity', () => {
    const clock = new ManualClock(START);
    const reads = new ReadSignatures(1000, clock, 3);
    reads.note('a');
    expect(reads.isRepeated('a')).toBe(false);
    reads.note('a');
    expect(reads.isRepeated('a')).toBe(true);
    clock.advance(1001);
    reads.note('a');
    for (const text of ['b', 'c', 'd', 'e']) reads.note(text);
    expect(['b', 'c', 'd', 'e'].some((text) => reads.isRepeated(text))).toBe(false);
  });
});
