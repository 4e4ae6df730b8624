/** Bytes of a body that are parsed at once: that takes at most a few milliseconds, if they are thousands of members. */
export const PIECE = 16 * 1024;

export const [QUOTE, BACKSLASH, COMMA, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [
  0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d,
] as const;

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * An object or array whose end is not known yet. A short one is left to the container around it; of a longer one, the
 * members are parsed in pieces. Positions are indexes of bytes. Methods throw SyntaxError if a piece is not valid.
 */
export class OpenContainer {
  /** The members parsed so far; absent while there are none. An object has no prototype that a name could set. */
  private members: Record<string, unknown> | unknown[] | undefined;
  /** Start of the members that are not parsed yet. */
  private from: number;
  /** The last comma or the opening bracket. */
  private separator: number;
  /** Whether everything before `from` is parsed, except for the comma. */
  private awaitsComma = false;

  /** `piece`: length in bytes up to which members are parsed together. */
  constructor(
    private readonly body: Uint8Array,
    readonly start: number,
    private readonly piece: number,
  ) {
    this.separator = start;
    this.from = start + 1;
  }

  /** Takes note of a comma between two members. */
  addComma(at: number): void {
    if (this.awaitsComma) this.expectBlank(at);
    else if (at - this.from > this.piece) this.parseMembers(at);
    else {
      this.separator = at;
      return;
    }
    this.continueAfter(at);
  }

  /** Adds a member, or the value of one, that was parsed separately because of its length. */
  addLong(value: unknown, start: number, end: number): void {
    if (this.awaitsComma) throw this.invalid('two values without a comma', end);
    if (this.separator >= this.from) {
      this.parseMembers(this.separator);
      this.continueAfter(this.separator);
    }
    if (this.isArray) {
      this.expectBlank(start);
      this.append([value]);
    } else this.append({ [this.nameBefore(start, end)]: value });
    this.from = end;
    this.awaitsComma = true;
  }

  /** Returns the value; undefined for a short one, which is parsed together with others. `at`: the closing bracket. */
  close(at: number): unknown {
    if (this.members === undefined && at - this.start <= this.piece) return undefined;
    if ((this.body[at] === CLOSE_BRACKET) !== this.isArray) throw this.invalid('brackets that do not match', at);
    if (this.members === undefined) return parsePiece(this.body, this.start, at + 1);
    if (this.awaitsComma) this.expectBlank(at);
    else this.parseMembers(at);
    return this.members;
  }

  private get isArray(): boolean {
    return this.body[this.start] === OPEN_BRACKET;
  }

  private continueAfter(comma: number): void {
    this.separator = comma;
    this.from = comma + 1;
    this.awaitsComma = false;
  }

  /** Parses the members up to `end`, of which there must be one. */
  private parseMembers(end: number): void {
    const [open, close] = this.isArray ? ['[', ']'] : ['{', '}'];
    if (this.isBlank(end)) throw this.invalid('a comma without a member', end);
    this.append(parsePiece(this.body, this.from, end, open, close) as Record<string, unknown> | unknown[]);
  }

  private append(members: Record<string, unknown> | unknown[]): void {
    this.members ??= this.isArray ? [] : (Object.create(null) as Record<string, unknown>);
    if (Array.isArray(this.members)) for (const element of members as unknown[]) this.members.push(element);
    else Object.assign(this.members, members);
  }

  /** The name of the member whose value starts at `start`. */
  private nameBefore(start: number, end: number): string {
    if (this.isBlank(start) && this.body[start] === QUOTE) {
      throw new SyntaxError(`the body has a name of ${end - start - 2} bytes, at most ${this.piece} are allowed`);
    }
    const [name] = Object.keys(parsePiece(this.body, this.from, start, '{', 'null}') as object);
    return name!;
  }

  private expectBlank(end: number): void {
    if (!this.isBlank(end)) throw this.invalid('two values without a comma', end);
  }

  private isBlank(end: number): boolean {
    for (let at = this.from; at < end; at++) if (!isSpace(this.body[at]!)) return false;
    return true;
  }

  private invalid(found: string, end: number): SyntaxError {
    return new SyntaxError(`the body is not valid JSON: ${found}, between its bytes ${this.from} and ${end}`);
  }
}

export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Parses the bytes from `start` to `end`, between `before` and `after`. Throws SyntaxError. */
export function parsePiece(body: Uint8Array, start: number, end: number, before = '', after = ''): unknown {
  const text = before + UTF8.decode(body.subarray(start, end)) + after;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const where = body.length > PIECE ? ` between its bytes ${start} and ${end}` : '';
    throw new SyntaxError(`the body is not valid JSON${where}: ${(error as Error).message}`, { cause: error });
  }
}
