// Checks that the targets of all links in Markdown files, and of all documents that code and configuration cite by path
// (such as docs/glossary.md#domain), exist: both files and headings. Ignores web addresses.
//
//   node scripts/check-links.mjs [FILE…]      all files of the repository by default
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const files = process.argv.length > 2 ? process.argv.slice(2) : tracked();
const anchors = new Map();
let broken = 0;
let links = 0;

for (const file of files) {
  for (const { line, from, target } of file.endsWith('.md') ? linksOf(file) : citationsIn(file)) {
    links++;
    const problem = problemOf(from, target);
    if (problem === undefined) continue;
    broken++;
    console.log(`${file}:${line}: ${target}: ${problem}`);
  }
}
console.log(`${files.length} files, ${links} links, ${broken} broken`);
process.exitCode = broken > 0 ? 1 : 0;

/** Files that git knows or would add; generated ones cite nothing, and the test of this check cites what is missing. */
function tracked() {
  const skipped = [':!package-lock.json', ':!spec', ':!test/e2e/golden', ':!test/contract/documents.spec.ts'];
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', '.', ...skipped];
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return [...new Set(stdout.split('\0'))].filter((file) => file !== '' && existsSync(file));
}

/** Returns the text with code and comments blanked out, so that they contain no links. */
function textOf(file) {
  const blank = (code) => code.replace(/[^\n]/g, ' ');
  return readFileSync(file, 'utf8')
    .replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\2`*~* *$/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/(`+)[^`\n]+?\1/g, blank);
}

function linksOf(file) {
  const text = textOf(file);
  const inline = text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const references = text.matchAll(/^ {0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s+"[^"]*")?\s*$/gm);
  return [...inline, ...references].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    from: file,
    target: match[1],
  }));
}

/** Finds paths of documents in code and comments, relative to the root of the repository. */
function citationsIn(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?<![\w/.-])docs\/[\w/-]+\.md(?:#[\w-]+)?/g)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    from: 'README.md',
    target: match[0],
  }));
}

/** Returns the problem with a link; undefined if it is valid. */
function problemOf(file, target) {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
  const [path, anchor] = decodeURIComponent(target).split('#', 2);
  if (path.startsWith('/')) return 'links are relative';
  const linked = path === '' ? file : normalize(join(dirname(file), path));
  if (linked.startsWith('..')) return 'leaves the repository';
  if (!existsSync(linked)) return `there is no "${linked}"`;
  if (anchor === undefined || statSync(linked).isDirectory() || !linked.endsWith('.md')) return undefined;
  return anchorsOf(linked).has(anchor) ? undefined : `"${linked}" has no heading "${anchor}"`;
}

/** Returns the anchors of a file's headings, and its explicit anchors. */
function anchorsOf(file) {
  if (!anchors.has(file)) {
    const text = readFileSync(file, 'utf8').replace(/^( *)(`{3,}|~{3,})[^\n]*\n[\s\S]*?^ *\2`*~* *$/gm, '');
    const found = new Set([...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map((match) => match[1]));
    for (const [, heading] of text.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) add(found, slugOf(heading));
    anchors.set(file, found);
  }
  return anchors.get(file);
}

/** Numbers headings with the same text. */
function add(found, slug) {
  let name = slug;
  for (let count = 1; found.has(name); count++) name = `${slug}-${count}`;
  found.add(name);
}

/** What the hosted repository makes of a heading; the documentation site does the same (docs/.vitepress/config.ts). */
function slugOf(heading) {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');
}
