import { ProgressReporter } from '../../src/cli/progress-reporter.js';

const reporter = new ProgressReporter(process.stderr);

/** Prints below the line of progress. */
export function print(text: string): void {
  reporter.endLine();
  console.log(text);
}

/** Shows steps by name, with the time that is left if their number is known. */
export function stepsOf(task: string, total?: number): (text: string) => void {
  let done = 0;
  return (text) => {
    reporter.update(task, Math.min(done, total ?? done), total ?? done + 1, text);
    done++;
  };
}
