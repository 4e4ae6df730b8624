// Links of documents to files outside of `docs` (deploy/nats.conf, ../../SECURITY.md): the site has a page for each such file
// below `source/`, so that they work without the hosted repository, and the build fails when a file is missing.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;
const EXTERNAL = /^([a-z][a-z0-9+.-]*:|\/|#)/i;

/** The file of the repository that a page of the site shows. */
export const fileOf = (page: string): string =>
  page.startsWith('source/') ? sourceOf(page.slice('source/'.length, -'.md'.length)) : posix.join('docs', page);

/** What a link reads like on the site. Throws when there is nothing of that path: the build fails. */
export function siteLinkTo({ path, hash }: Target): string {
  if (!exists(path)) throw new Error(`a document links to "${path}", which does not exist`);
  if (path.startsWith('docs/public/')) return `/${path.slice('docs/public/'.length)}`;
  return encodeURI(`/${pageOf(path)}`) + hash;
}

/** The page that shows a file or folder of the repository. */
function pageOf(path: string): string {
  const inDocs = path.startsWith('docs/') && path.endsWith('.md');
  return inDocs ? path.slice('docs/'.length) : `source/${path.replace(/\.md$/, '')}.md`;
}

/** What a link leads to: a path from the top of the repository, and an anchor. */
interface Target {
  readonly path: string;
  readonly hash: string;
}

/** What a link of a file leads to; undefined for addresses of the web. */
export function targetOf(file: string, href: string): Target | undefined {
  if (EXTERNAL.test(href)) return undefined;
  const [link = '', anchor] = decodeURI(href).split('#', 2);
  const path = posix.join(posix.dirname(file), link).replace(/\/$/, '');
  return { path, hash: anchor === undefined ? '' : `#${anchor}` };
}

/** All files outside of `docs` that documents lead to, directly or through one another. */
export function linkedFiles(): readonly string[] {
  const found = new Set<string>();
  const pending = tracked('docs').filter((file) => file.endsWith('.md') && !file.startsWith('docs/source/'));
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const path of targetsIn(file)) {
      if (found.has(path) || !exists(path) || path.startsWith('docs/public/')) continue;
      if (!pageOf(path).startsWith('source/')) continue;
      found.add(path);
      if (path.endsWith('.md') || isFolder(path)) pending.push(path);
    }
  }
  return [...found].sort();
}

/** Markdown that shows a file, or lists a folder. */
export function contentOf(path: string): string {
  if (isFolder(path)) {
    const links = tracked(path).map(
      (file) => `- [${file.slice(path.length + 1)}](${posix.basename(path)}/${file.slice(path.length + 1)})`,
    );
    return `# ${path}\n\n${links.join('\n')}\n`;
  }
  const text = readFileSync(join(ROOT, path), 'utf8');
  if (path.endsWith('.md')) return text;
  return `# ${posix.basename(path)}\n\n\`${path}\`\n\n\`\`\`\`${LANGUAGES[extname(path)] ?? 'txt'}\n${text}\n\`\`\`\`\n`;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  '.ts': 'ts',
  '.mjs': 'js',
  '.js': 'js',
  '.sh': 'sh',
  '.yml': 'yaml',
  '.json': 'json',
  '.proto': 'proto',
  '.http': 'http',
};

const sourceOf = (name: string): string => (exists(`${name}.md`) ? `${name}.md` : name);

const isFolder = (path: string): boolean => statSync(join(ROOT, path)).isDirectory();

function targetsIn(file: string): readonly string[] {
  if (isFolder(file)) return tracked(file);
  const text = readFileSync(join(ROOT, file), 'utf8').replace(/^( *)(`{3,})[^\n]*\n[\s\S]*?^ *\2`* *$/gm, '');
  return [...text.matchAll(LINK)].flatMap(([, href = '']) => targetOf(file, href)?.path ?? []);
}

/** Files that git knows or would add below a folder. */
function tracked(folder: string): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', folder];
  const files = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  return files.filter((file) => file !== '' && exists(file)).sort();
}

function exists(path: string): boolean {
  return !path.startsWith('..') && statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined;
}
