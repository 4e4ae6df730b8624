import type { BuildInfo } from './version.js';
import { VersionResponse } from './version.dto.js';

/** `release_version` is null, not absent, when the server is not part of a release (reference/40 §6.4). */
export function toVersionResponse({ minimumClient, release, ...build }: BuildInfo): VersionResponse {
  return { ...build, min_client_version: minimumClient, release_version: release ?? null };
}
