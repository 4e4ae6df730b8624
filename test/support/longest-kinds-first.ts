import { createHash } from 'node:crypto';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Folders whose tests wait most, in the order in which they start; all others follow. */
const FIRST = ['/test/contract/', '/test/e2e/'];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = FIRST.findIndex((folder) => moduleId.includes(folder));
  return rank === -1 ? FIRST.length : rank;
};

/**
 * Starts the files whose tests wait for programs and deadlines before the short ones, so that no core idles at the end.
 * `--sequence.shuffle` has its usual effect.
 */
export class LongestKindsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { shuffle, seed } = this.ctx.config.sequence;
    if (shuffle === true) {
      // One project after the other, because workers are not shared between them.
      const place = ({ moduleId, project }: TestSpecification): string =>
        `${project.name} ${createHash('sha1').update(`${seed} ${moduleId}`).digest('hex')}`;
      return files.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
    }
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
