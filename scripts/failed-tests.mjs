// Prints the tests that failed, from a report of Vitest in JSON: node scripts/failed-tests.mjs REPORT
import { readFileSync } from 'node:fs';

const LINES = 6; // of an error: its message and the first frames of its stack

try {
  const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    for (const { fullName, failureMessages } of failed) print(`${name}: ${fullName}`, failureMessages.join('\n'));
    if (status === 'failed' && failed.length === 0) print(name, message);
  }
} catch (error) {
  print('no report of the tests', error.message);
}

function print(title, text) {
  console.log([`FAILED ${title}`, ...text.split('\n').slice(0, LINES)].join('\n    '));
}
