import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

type Found =
  { readonly commit: string; readonly reason?: never } | { readonly commit?: undefined; readonly reason: string };

/** The last release before the checkout, or why there is none to build. */
export function previousCommit(): Found {
  if (git('rev-parse', '--git-dir') === undefined) return { reason: 'this is no checkout of Git' };
  const tag = git('describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD^');
  if (tag !== undefined) return { commit: tag };
  const { commit } = JSON.parse(readFileSync('test/support/upgrade/previous.json', 'utf8')) as { commit: string };
  if (git('cat-file', '-e', `${commit}^{commit}`) !== undefined) return { commit };
  return { reason: `the history is too short to have the previous release (${commit}): git fetch --unshallow --tags` };
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
