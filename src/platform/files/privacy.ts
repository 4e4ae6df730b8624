import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { DomainError } from '../../shared/errors/domain-error.js';

/** User and groups of this process; undefined on systems without them. */
export interface Self {
  readonly uid: number;
  readonly groups: readonly number[];
}

const OTHERS = 0o077;
const WORLD = 0o007;
const GROUP_WRITE = 0o020;
const WORLD_WRITE = 0o002;
const STICKY = 0o1000;

type Said = Pick<Stats, 'mode' | 'uid' | 'gid'>;
type Say = (line: string) => void;

export const processOwner = (): Self | undefined => {
  const uid = process.getuid?.();
  return uid === undefined ? undefined : { uid, groups: [process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])] };
};

/**
 * What to do about a file or folder that contains secrets:
 * - `fine`: only its owner can access it
 * - `mend`: other users can access it, and this process can change that
 * - `accept`: it belongs to root, like the mounts of a container platform, and is only accessible to a group of this
 *   process (file), or to users who can list but not change it, while its contents are private (folder)
 * - `refuse`: other users can access it, and this process cannot change that
 */
export function checkFileMode(
  { mode, uid, gid }: Said,
  kind: 'file' | 'folder',
  me: Self,
): 'fine' | 'mend' | 'accept' | 'refuse' {
  if ((mode & OTHERS) === 0) return 'fine';
  if (uid === me.uid || me.uid === 0) return 'mend';
  if (uid !== 0) return 'refuse';
  if (kind === 'folder') return (mode & WORLD_WRITE) === 0 ? 'accept' : 'refuse';
  return (mode & WORLD) === 0 && (mode & GROUP_WRITE) === 0 && me.groups.includes(gid) ? 'accept' : 'refuse';
}

/**
 * Makes a file that contains a secret private. Reports changes to `say`. Throws `unavailable` if that is impossible.
 */
export function ensureFilePrivate(path: string, what: string, say: Say, me = processOwner()): void {
  if (me !== undefined) keep(path, what, statSync(path), 'file', say, me);
}

/**
 * Makes a data folder and the files of this program in it (`entries`: their names) private: 0700 and 0600. Reports
 * changes to `say`. Throws `unavailable` if that is impossible, or if the folder is also used for other purposes.
 * Ignores a folder that does not exist yet.
 */
export function ensureFolderPrivate(path: string, entries: readonly string[], say: Say, me = processOwner()): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (me === undefined || stats === undefined || !stats.isDirectory()) return;
  if ((stats.mode & OTHERS) !== 0) refuseShared(path, stats, entries);
  keep(path, 'data folder', stats, 'folder', say, me);
  let mended = 0;
  for (const entry of readdirSync(path)) if (isOurs(entry, entries)) mended += keepTree(join(path, entry), me);
  if (mended > 0) say(`made ${mended} files in data folder "${path}" private that were accessible to other users`);
}

/** Drafts of key files have the name of the file with a suffix. */
const isOurs = (name: string, entries: readonly string[]): boolean =>
  entries.some((entry) => name === entry || name.startsWith(`${entry}.`));

/** Making a shared folder private would lock out its other users, and its contents may be theirs. */
function refuseShared(path: string, { mode }: Stats, entries: readonly string[]): void {
  const inside = readdirSync(path).filter((name) => name !== 'lost+found');
  const ours = inside.length === 0 || inside.some((name) => isOurs(name, entries));
  if (ours && (mode & STICKY) === 0) return;
  throw new DomainError(
    'unavailable',
    `data folder "${path}" (mode ${octal(mode)}) is also used for other purposes: set METAL_API_DATA_DIR to a ` +
      `dedicated folder, such as "${join(path, 'metal-api')}"`,
  );
}

function keepTree(path: string, me: Self): number {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return 0;
  const folder = stats.isDirectory();
  let mended = keep(path, folder ? 'data folder' : 'file', stats, folder ? 'folder' : 'file', () => undefined, me);
  if (folder) for (const entry of readdirSync(path)) mended += keepTree(join(path, entry), me);
  return mended;
}

/** Returns 1 if it changed the mode, else 0. */
function keep(path: string, what: string, stats: Stats, kind: 'file' | 'folder', say: Say, me: Self): number {
  const verdict = checkFileMode(stats, kind, me);
  if (verdict === 'refuse') throw openToOthers(path, what, stats, kind);
  if (verdict !== 'mend') return 0;
  const mode = kind === 'folder' ? 0o700 : stats.mode & 0o700;
  try {
    chmodSync(path, mode);
  } catch (error) {
    throw openToOthers(path, what, stats, kind, error);
  }
  say(
    `${what} "${path}" was accessible to other users (mode ${octal(stats.mode)}), ` +
      `made it private (mode ${octal(mode)})`,
  );
  return 1;
}

function openToOthers(path: string, what: string, stats: Stats, kind: 'file' | 'folder', cause?: unknown): DomainError {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  const owner = `it belongs to uid ${stats.uid}, this process is uid ${process.getuid?.()}`;
  const me = `${process.getuid?.()}:${process.getgid?.()}`;
  const command = `chown -R ${me} "${path}" && chmod -R go= "${path}"`;
  const mounted =
    kind === 'file' ? '; for a mounted secret set its mode to 0400, or 0440 with a group of this process' : '';
  return new DomainError(
    'unavailable',
    `${what} "${path}" is accessible to other users (mode ${octal(stats.mode)}) and cannot be made private ` +
      `(${code === undefined ? owner : `${code}; ${owner}`}): run as root: ${command}${mounted}`,
    undefined,
    { cause },
  );
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
