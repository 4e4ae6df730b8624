import { tryParseVersion } from '../../shared/semver/version.js';
import type { Version } from '../../shared/semver/version.js';

/** What the id of an image says: `ubuntu-19.04.20200408` is of os `ubuntu`, group `19.4`. */
export interface ImageVersion {
  readonly os: string;
  readonly version: Version;
  /** `<os>-<major>.<minor>`; images of one group replace each other. */
  readonly group: string;
}

/** One to three numbers; a version with a prerelease or metadata names no image. */
const NUMBERS = /^\d+(\.\d+){0,2}$/;

/** The parts of an image's id, or undefined when it is not `<os>-<version>`. */
export function readImageVersion(id: string): ImageVersion | undefined {
  const dash = id.lastIndexOf('-');
  if (dash < 1) return undefined;
  const [os, text] = [id.slice(0, dash), id.slice(dash + 1)];
  const version = NUMBERS.test(text) ? tryParseVersion(text) : undefined;
  if (version === undefined) return undefined;
  return { os, version, group: `${os}-${version.major}.${version.minor}` };
}
