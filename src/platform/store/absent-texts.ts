/**
 * The texts of a table or log that may be absent: `undefined` in the program, `""` in the database, where all releases expect it.
 */
export class AbsentTexts {
  private readonly paths: readonly (readonly string[])[];
  private readonly decoded = new WeakMap<object, { readonly id: string }>();

  /** `fields` are paths such as `rackId`, or `nics.vrf` for each element of the list `nics`. */
  constructor(fields: readonly string[]) {
    this.paths = fields.map((field) => field.split('.'));
  }

  /** The content or patch as it is stored; the same object if no text is absent. */
  encode<D extends { readonly id: string }>(content: D): D {
    return this.paths.reduce((document, path) => changed(document, path, (value) => value ?? ''), content);
  }

  /** The document as the program sees it; identical for the same stored object. */
  decode<D extends { readonly id: string }>(stored: D): D {
    const before = this.decoded.get(stored);
    if (before !== undefined) return before as D;
    const document = this.paths.reduce((document, path) => changed(document, path, absentIfEmpty), stored);
    if (document !== stored) this.decoded.set(stored, document);
    return document;
  }
}

const absentIfEmpty = (value: unknown): unknown => (value === '' ? undefined : value);

/** The object with the member at `path` changed, in lists that of each element. The same object if nothing changes. */
function changed<T extends object>(object: T, path: readonly string[], change: (value: unknown) => unknown): T {
  if (Array.isArray(object)) return changedElements(object, path, change) as T;
  const [name, ...rest] = path as [string, ...string[]];
  if (!Object.hasOwn(object, name)) return object;
  const before = (object as Record<string, unknown>)[name];
  const after = rest.length === 0 ? change(before) : isObject(before) ? changed(before, rest, change) : before;
  return after === before ? object : { ...object, [name]: after };
}

function changedElements(
  list: readonly unknown[],
  path: readonly string[],
  change: (value: unknown) => unknown,
): readonly unknown[] {
  const elements = list.map((element) => (isObject(element) ? changed(element, path, change) : element));
  return elements.every((element, index) => element === list[index]) ? list : elements;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
