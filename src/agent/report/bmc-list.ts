import { quoteText } from '../../shared/text.js';
import { addressIn, linesOf, macIn } from './lease.js';
import type { FoundLease } from './lease.js';

/** Skipped lines that are named, of all. */
const NAMED = 5;

/** Parses a list of BMCs: lines of address and, optionally, MAC; `#` starts a comment. Other lines are skipped. */
export function* listedBmcs(text: string): Generator<FoundLease> {
  for (const line of linesOf(text)) {
    const [place, mac = ''] = wordsOf(line);
    const address = addressIn(place);
    if (address !== undefined) yield { address, mac: macIn(mac), isActive: true, ends: Infinity };
  }
}

/** What is wrong with the first lines that `listedBmcs` skips: people write lists, and mistype. */
export function skippedLines(text: string): readonly string[] {
  const problems: string[] = [];
  let number = 0;
  for (const line of linesOf(text)) {
    number++;
    const [place] = wordsOf(line);
    if (place === '' || addressIn(place) !== undefined) continue;
    problems.push(`line ${number} is skipped: ${quoteText(place, 60)}, expected an IP address and, optionally, a MAC`);
    if (problems.length === NAMED) break;
  }
  return problems;
}

const wordsOf = (line: string): [string, ...string[]] =>
  line.replace(/#.*/, '').trim().split(/\s+/, 3) as [string, ...string[]];
