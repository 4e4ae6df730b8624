/** What a run found out about a file that should be cached. */
export interface WantedFile {
  readonly key: string;
  /** MD5 of the file in the store, as its checksum file says; undefined for kinds without one. */
  readonly md5?: string | undefined;
  /** Why the store could not be asked: then a file on disk stays. */
  readonly unknown?: string | undefined;
  /** For kinds without a checksum: whether the store's file differs from the one that was downloaded. */
  readonly changed?: boolean;
}

/** A verified file on disk. */
export interface FileOnDisk {
  readonly key: string;
  readonly md5: string;
}

export interface FolderPlan<T extends WantedFile> {
  readonly keep: readonly string[];
  readonly add: readonly { readonly file: T; readonly why: 'not cached' | 'changed in the store' }[];
  /** Wanted and neither there nor to be had. */
  readonly missing: readonly { readonly key: string; readonly why: string }[];
  /** On disk and not wanted. */
  readonly remove: readonly string[];
}

/** Compares what should be there with what is. Adds keep the order of `wanted`. */
export function planFolder<T extends WantedFile>(
  wanted: readonly T[],
  onDisk: ReadonlyMap<string, FileOnDisk>,
  alsoOnDisk: readonly string[] = [],
): FolderPlan<T> {
  const keep: string[] = [];
  const add: FolderPlan<T>['add'][number][] = [];
  const missing: FolderPlan<T>['missing'][number][] = [];
  for (const file of wanted) {
    const local = onDisk.get(file.key);
    if (local === undefined && file.unknown !== undefined) missing.push({ key: file.key, why: file.unknown });
    else if (local === undefined) add.push({ file, why: 'not cached' });
    else if (differs(file, local)) add.push({ file, why: 'changed in the store' });
    else keep.push(file.key);
  }
  const names = new Set(wanted.map(({ key }) => key));
  const remove = [...new Set([...onDisk.keys(), ...alsoOnDisk])].filter((key) => !names.has(key)).sort();
  return { keep, add, missing, remove };
}

function differs({ md5, unknown, changed }: WantedFile, local: FileOnDisk): boolean {
  if (unknown !== undefined) return false;
  return md5 === undefined ? changed === true : md5 !== local.md5;
}
