import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptsEncoding } from '../accept-encoding.js';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Encodings that the build prepares, the smallest first, with the suffix of their files. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** A file of the console in the encoding that a request accepts. */
export interface ConsoleAsset {
  readonly type: string;
  /** undefined = not encoded. */
  readonly encoding: string | undefined;
  readonly content: Buffer;
}

/** The files that the build of the console has left. Only those that were there at start-up are served. */
export class ConsoleFiles {
  /** Read once and shared by all requests. */
  private readonly contents = new Map<string, Promise<Buffer>>();

  private constructor(
    private readonly folder: string,
    private readonly template: string,
    private readonly names: ReadonlySet<string>,
  ) {}

  /** undefined when the console has not been built. */
  static open(folder: string | undefined = consoleFolder()): ConsoleFiles | undefined {
    if (folder === undefined || !existsSync(join(folder, 'index.html'))) return undefined;
    const assets = join(folder, 'assets');
    return new ConsoleFiles(assets, readFileSync(join(folder, 'index.html'), 'utf8'), new Set(readdirSync(assets)));
  }

  /**
   * The page, for every path of the console. `nonce` allows it the style elements that its components create; `signIn` is
   * what it needs to sign in with OIDC issuers, as JSON.
   */
  page(basePath: string, nonce: string, signIn: string): string {
    return this.template
      .replaceAll('"./assets/', `"${basePath}console/assets/`)
      .replaceAll('__BASE__', basePath)
      .replaceAll('__NONCE__', nonce)
      .replaceAll('__SIGN_IN__', () => escapeAttribute(signIn));
  }

  /** An asset by file name, or undefined. */
  async asset(name: string, accepted = ''): Promise<ConsoleAsset | undefined> {
    const type = TYPES[extname(name)];
    if (type === undefined || !this.names.has(name)) return undefined;
    const [encoding, suffix] =
      ENCODINGS.find(([coding, end]) => this.names.has(name + end) && acceptsEncoding(accepted, coding)) ?? [];
    return { type, encoding, content: await this.read(name + (suffix ?? '')) };
  }

  private read(name: string): Promise<Buffer> {
    const content = this.contents.get(name) ?? readFile(join(this.folder, name));
    this.contents.set(name, content);
    return content;
  }
}

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** `console/dist` is next to `src`, even if this file was compiled into `dist`. */
function consoleFolder(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'console', 'dist', 'index.html'))) return join(folder, 'console', 'dist');
    if (dirname(folder) === folder) return undefined;
  }
}
