// Checks that the commits since a base have conventional subjects: "type(scope): summary".
//
//   node scripts/check-commits.mjs [BASE]      BASE is a commit; origin/main by default
//
// Ignores merges. Lists invalid subjects and exits with 1 if there are any.
import { spawnSync } from 'node:child_process';

const TYPES = ['build', 'chore', 'ci', 'docs', 'feat', 'fix', 'perf', 'refactor', 'revert', 'style', 'test'];
const SUBJECT = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9][a-z0-9,./-]*\\))?!?: \\S.*[^.\\s]$`);
const LENGTH = 100;

const git = (...args) => spawnSync('git', args, { encoding: 'utf8' });

const base = process.argv[2] ?? 'origin/main';
const { status, stdout } = git('log', '--no-merges', '--format=%h %s', `${base}..HEAD`);
if (status !== 0) {
  console.log(`no commit "${base}" to compare with, nothing checked`);
  process.exit(process.argv[2] === undefined ? 0 : 1);
}

const commits = stdout.split('\n').filter((line) => line !== '');
const wrong = commits.filter((line) => {
  const subject = line.slice(line.indexOf(' ') + 1);
  return !SUBJECT.test(subject) || subject.length > LENGTH;
});
for (const line of wrong)
  console.log(`${line}\n    expected "type(scope): summary" with at most ${LENGTH} characters and no full stop`);
if (wrong.length > 0) console.log(`types: ${TYPES.join(', ')}`);
console.log(`${commits.length} commits since ${base}, ${wrong.length} with an invalid subject`);
process.exitCode = wrong.length > 0 ? 1 : 0;
