import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

describe('the types of the console', () => {
  it('are those of the checked-in API document', () => {
    const check = (): Buffer => execFileSync(process.execPath, ['console/scripts/api-types.mjs', '--check']);
    expect(check).not.toThrow();
  });
});
