import { copyOf } from '../../shared/copy-of.js';

type Part = Readonly<Record<string, unknown>>;

/**
 * The texts of a table or log that may be absent: `undefined` in the program, `""` in the database, where all releases expect
 * it. Parts of a document without such texts remain identical objects, and so do unchanged parts on their way back, because
 * engines recognize them.
 */
export class AbsentTexts {
  private readonly texts: string[] = [];
  private readonly parts = new Map<string, AbsentTexts>();
  private readonly decoded = new WeakMap<object, object>();
  private readonly encoded = new WeakMap<object, object>();

  /** `fields` are paths such as `rackId`, or `nics.vrf` for each element of the list `nics`. */
  constructor(fields: readonly string[]) {
    const paths = fields.map((field) => field.split('.'));
    for (const [name] of paths.filter(({ length }) => length === 1)) this.texts.push(name!);
    const deep = paths.filter(({ length }) => length > 1);
    for (const name of new Set(deep.map(([first]) => first!))) {
      const rest = deep.filter(([first]) => first === name).map(([, ...path]) => path.join('.'));
      this.parts.set(name, new AbsentTexts(rest));
    }
  }

  /** The content or patch as it is stored. */
  encode<T extends object>(content: T): T {
    const known = this.encoded.get(content) as T | undefined;
    return known ?? this.converted(content, emptyIfAbsent, (texts, part) => texts.encode(part));
  }

  /** The document as the program sees it; identical for the same stored object. */
  decode<T extends object>(stored: T): T {
    const known = this.decoded.get(stored) as T | undefined;
    if (known !== undefined) return known;
    const document = this.converted(stored, absentIfEmpty, (texts, part) => texts.decode(part));
    if (document !== stored) {
      this.decoded.set(stored, document);
      this.encoded.set(document, stored);
    }
    return document;
  }

  private converted<T extends object>(object: T, text: (value: unknown) => unknown, part: ConvertPart): T {
    if (Array.isArray(object)) {
      const elements = object.map((element: unknown) => (isObject(element) ? part(this, element) : element));
      return elements.every((element, index) => element === object[index]) ? object : (elements as unknown as T);
    }
    const before = object as Part;
    let after: Record<string, unknown> | undefined;
    const set = (name: string, value: unknown): void => {
      if (value !== before[name]) (after ??= copyOf(before))[name] = value;
    };
    for (const name of this.texts) if (Object.hasOwn(before, name)) set(name, text(before[name]));
    for (const [name, texts] of this.parts) {
      const member = before[name];
      if (isObject(member)) set(name, part(texts, member));
    }
    return (after as T | undefined) ?? object;
  }
}

type ConvertPart = (texts: AbsentTexts, part: object) => object;

const absentIfEmpty = (value: unknown): unknown => (value === '' ? undefined : value);
const emptyIfAbsent = (value: unknown): unknown => value ?? '';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
