import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UsageError } from '../../cli/usage-error.js';
import { part, parts, text } from '../fields.js';
import type { OldRow } from '../sources/source.js';
import type { JsonAnswer, Question } from './ask.js';

/** A request with what the old server answered. */
export interface Recorded {
  readonly question: Question;
  readonly answer: JsonAnswer;
}

/** The answers to one route. */
export interface Recording {
  readonly file: string;
  /** The route, with placeholders. */
  readonly route: string;
  /** When the answers were given, in milliseconds since the epoch. */
  readonly time: number;
  readonly answers: readonly Recorded[];
}

/** Answers in files named so were asked again when all reports of BMCs had become old. */
const STALE = '-stale.json';
const STALE_AFTER_MS = 60 * 60_000;

/** Reads `index.json` of the folder and the files that it lists. Throws UsageError when they cannot be read. */
export function readRecordings(folder: string): Recording[] {
  const index = readJson(join(folder, 'index.json'));
  const time = Date.parse(text(part(index, 'recorded') ?? {}, 'to'));
  if (Number.isNaN(time)) throw new UsageError(`${folder}/index.json does not say when the answers were recorded`);
  return parts(index, 'files').map((entry) => {
    const file = text(entry, 'file');
    return readRecording(folder, file, file.endsWith(STALE) ? time + STALE_AFTER_MS : time);
  });
}

function readRecording(folder: string, file: string, time: number): Recording {
  const recording = readJson(join(folder, file));
  const method = text(recording, 'method');
  const answers = Object.entries(part(recording, 'answers') ?? {}).map(([key, value]) => {
    const answer = value as OldRow;
    const question = { method, path: key.split(' ', 1)[0] ?? key, body: answer['request'] };
    return { question, answer: { status: Number(answer['status']), body: answer['body'] ?? undefined } };
  });
  return { file, route: text(recording, 'path'), time, answers };
}

/** The file may be compressed by gzip, with `.gz` behind its name. */
function readJson(path: string): OldRow {
  const packed = `${path}.gz`;
  try {
    const text = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(packed));
    return JSON.parse(text.toString('utf8')) as OldRow;
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'it is not JSON'}`);
  }
}
